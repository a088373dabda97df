import { createApp } from "vue";
import "sori-captcha/define.js";
import Join from "./Join.vue";

createApp(Join).mount("#root");
