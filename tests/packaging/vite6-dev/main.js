import "sori-captcha/define.js";
