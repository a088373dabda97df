// The share button under the name by which define.js loads it. The name avoids paths such as dist/share, because block lists for
// social buttons refuse them.
export { define, ready } from "./lib/define-share.js";
