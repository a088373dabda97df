export { start } from "sori:share-glue"
