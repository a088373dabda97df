// Of the classic script: inside it, but not run before a page has one.
export const bringShare = () => import("./define-share.js").then(({ define }) => define()).catch(() => {});
