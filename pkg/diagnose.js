export { diagnose } from "../src/web/captcha/diagnose.js";
