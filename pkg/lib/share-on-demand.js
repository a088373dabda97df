// It reports its own failure, and the link inside the element works without it. Asked again, it tries again.
export const bring_share = () => import("./share.js").then(({ define }) => define()).catch(() => {});
