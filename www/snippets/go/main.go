package main

import (
	"encoding/json"
	"html/template"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"time"
)

var page = template.Must(template.New("join").Parse(`<!doctype html>
<html lang="en">
<title>Join</title>
<script type="module" src="/sori/define.js"></script>
<form action="/join" method="post">
  <label>Name <input name="name" required></label>
  <sori-captcha endpoint="/captcha" name="captcha" required {{if .}}error="{{.}}"{{end}}>
    <a slot="alternative" href="/join/by-phone">Verify another way</a>
  </sori-captcha>
  <button>Join</button>
</form>
`))

var client = http.Client{Timeout: 20 * time.Second}

// isVerified tells whether a submitted form may pass. Everything but a verified answer is a no.
func isVerified(form url.Values) bool {
	response := form.Get("captcha-response")
	if response == "" {
		return false
	}
	question := url.Values{"secret": {os.Getenv("SITEVERIFY_SECRET")}, "response": {response}}
	answer, err := client.PostForm(os.Getenv("SITEVERIFY_URL"), question)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	var verdict struct{ Success bool }
	return json.NewDecoder(answer.Body).Decode(&verdict) == nil && verdict.Success
}

func join(w http.ResponseWriter, r *http.Request) {
	message := ""
	if r.Method == http.MethodPost {
		r.ParseForm()
		if isVerified(r.PostForm) {
			w.Write([]byte("Welcome"))
			return
		}
		w.WriteHeader(http.StatusUnprocessableEntity)
		message = "The numbers did not match. Play new audio and type them again."
	}
	page.Execute(w, message)
}

func main() {
	siteverify, err := url.Parse(os.Getenv("SITEVERIFY_URL"))
	if err != nil {
		log.Fatal(err)
	}
	backend := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: siteverify.Scheme, Host: siteverify.Host})
	http.Handle("/captcha/", backend)
	http.Handle("/captcha/siteverify", http.NotFoundHandler())
	http.Handle("/sori/", http.StripPrefix("/sori/", http.FileServer(http.Dir("sori"))))
	http.HandleFunc("/join", join)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
