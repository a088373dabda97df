// button.js reports its own failure, and the link inside the element works without it. The next call tries again.
// @ts-expect-error: beside the bundle.
export const bringShare = () => import("./button.js").then(({ define }) => define()).catch(() => {});
