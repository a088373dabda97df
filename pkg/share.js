export { define, ready } from "./lib/define-share.js";
