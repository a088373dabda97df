// The classic script: one file with everything inside, for pages without modules.
import "./define.js";
