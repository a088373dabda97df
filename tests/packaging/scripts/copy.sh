#!/bin/sh
# Writes a page for each library, and copies the library and the package's script beside it.
set -eu
mkdir -p out
for version in 1 2 4; do
  cp "node_modules/htmx-$version/dist/htmx.min.js" "out/htmx-$version.js"
done
for version in 2 4; do
  sed "s/LIBRARY/htmx-$version/" htmx.html > "out/htmx-$version.html"
done
for version in 1 3 4; do
  cp "node_modules/jquery-$version/dist/jquery.min.js" "out/jquery-$version.js"
  sed "s/LIBRARY/jquery-$version/" jquery.html > "out/jquery-$version.html"
done
cp node_modules/@rails/ujs/app/assets/javascripts/rails-ujs.js out/
cp node_modules/alpinejs/dist/cdn.min.js out/alpine.js
cp htmx-1.html ujs.html alpine.html out/
cp node_modules/sori-captcha/dist/define.js node_modules/sori-captcha/dist/*.wasm out/
