const heard = document.querySelector("#heard");
const types = ["statechange", "issued", "verified", "rejected", "expired", "error"];
for (const type of types) {
  document.querySelector("#speaking").addEventListener(`sori-${type}`, (event) => {
    const line = document.createElement("li");
    line.textContent = `${event.type} ${JSON.stringify(event.detail)}`;
    heard.append(line);
    heard.hidden = false;
  });
}
