import { mount } from "svelte";
import "sori-captcha/define.js";
import Join from "./Join.svelte";

mount(Join, { target: document.getElementById("root") });
