// For the classic script: the share button is inside it, but does not run before the page has a share button.
export const bringShare = () => import("./define-share.js").then(({ define }) => define()).catch(() => {});
