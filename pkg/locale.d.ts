// Importing it gives the elements on the page one more language, now or when they are defined.
export {};
