sori-backend serve --allowed-origins http://localhost:3000
