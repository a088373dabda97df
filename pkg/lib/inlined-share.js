// Of the classic script: inside it, but not run before a page has one.
export const bring_share = () => import("../share.js").then(({ define }) => define()).catch(() => {});
