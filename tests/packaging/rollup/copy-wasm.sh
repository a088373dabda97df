cp node_modules/sori-captcha/dist/*_bg.wasm out/
