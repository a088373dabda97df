// Runs go-recaptcha as its users do, and prints what it made of the response.
// Usage: go run verify.go CLIENT SITEVERIFY_URL < {"secret": …, "response": …}
package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"

	recaptcha "github.com/dpapathanasiou/go-recaptcha"
)

// The client has the service's address built in. This changes that address and nothing else.
type elsewhere struct{ address *url.URL }

func (to elsewhere) RoundTrip(request *http.Request) (*http.Response, error) {
	request.URL = to.address
	request.Host = to.address.Host
	return http.DefaultTransport.RoundTrip(request)
}

func main() {
	address, err := url.Parse(os.Args[2])
	if err != nil {
		panic(err)
	}
	http.DefaultClient.Transport = elsewhere{address}
	var input struct{ Secret, Response string }
	if err := json.NewDecoder(os.Stdin).Decode(&input); err != nil {
		panic(err)
	}
	recaptcha.Init(input.Secret)
	passed, err := recaptcha.Confirm("192.0.2.7", input.Response)
	if err != nil {
		panic(err)
	}
	json.NewEncoder(os.Stdout).Encode(map[string]any{"passed": passed})
}
