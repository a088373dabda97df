// The classic script: importing it registers both elements and exports nothing.
export type {} from "./index.js";
