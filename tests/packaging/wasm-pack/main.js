import { define } from "sori-captcha";

define();
