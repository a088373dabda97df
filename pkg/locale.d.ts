// Importing this adds a language for the elements on the page, at once or when they are defined.
export {};
