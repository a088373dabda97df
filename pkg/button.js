// The share button under the name by which define.js loads it: lists of social buttons to block refuse paths such as dist/share.
export { define, ready } from "./lib/define-share.js";
