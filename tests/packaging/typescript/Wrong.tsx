import type {} from "sori-captcha/react";

export const wrong = [
  // @ts-expect-error an attribute that does not exist
  <sori-captcha endpoit="/captcha" />,
  // @ts-expect-error a value that does not exist
  <sori-captcha verify="later" />,
  // @ts-expect-error a server would render it as an attribute of another name
  <sori-captcha leadIn={500} />,
  // @ts-expect-error a boolean attribute takes no text
  <sori-captcha required="yes" />,
  // @ts-expect-error a detail that the event does not have
  <sori-captcha onsori-issued={({ detail }) => detail.token} />,
  // @ts-expect-error a size is WIDTHxHEIGHT
  <sori-share popup="large" />,
];
