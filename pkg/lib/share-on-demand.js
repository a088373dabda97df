// The link inside the element works without button.js, which reports a failure of its own; its absence is reported here. The
// next call tries again.
export const bringShare = () =>
  // @ts-expect-error: beside the bundle.
  import("./button.js").then(
    ({ define }) => define().catch(() => {}),
    (error) => console.error("sori-share:", error),
  );
