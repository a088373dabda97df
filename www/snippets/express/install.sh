npm install express http-proxy-middleware
