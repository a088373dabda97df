// The verification that ASP.NET tutorials show: HttpClient with a form, and the older WebClient with everything in the
// query. Prints what it made of the response.
// Usage: mono Verify.exe CLIENT SITEVERIFY_URL < {"secret": …, "response": …}

using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Http;
using System.Web.Script.Serialization;

public static class Verify
{
    public class Answer
    {
        public bool success { get; set; }
        public DateTime? challenge_ts { get; set; }
        public string hostname { get; set; }
    }

    public static void Main(string[] arguments)
    {
        var json = new JavaScriptSerializer();
        var input = json.Deserialize<Dictionary<string, string>>(Console.In.ReadToEnd());
        string text = arguments[0] == "webclient"
            ? Get(arguments[1], input["secret"], input["response"])
            : Post(arguments[1], input["secret"], input["response"]);
        var answer = json.Deserialize<Answer>(text);
        var members = json.Deserialize<Dictionary<string, object>>(text);
        string error = null;
        object codes;
        if (members.TryGetValue("error-codes", out codes) && ((System.Collections.ArrayList)codes).Count > 0)
        {
            error = (string)((System.Collections.ArrayList)codes)[0];
        }
        Console.WriteLine(json.Serialize(new { passed = answer.success, error = error }));
    }

    private static string Post(string url, string secret, string response)
    {
        using (var client = new HttpClient())
        {
            var form = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                { "secret", secret },
                { "response", response },
                { "remoteip", "192.0.2.7" },
            });
            var answer = client.PostAsync(url, form).Result;
            answer.EnsureSuccessStatusCode();
            return answer.Content.ReadAsStringAsync().Result;
        }
    }

    private static string Get(string url, string secret, string response)
    {
        using (var client = new WebClient())
        {
            return client.DownloadString(string.Format(
                "{0}?secret={1}&response={2}", url, Uri.EscapeDataString(secret), response));
        }
    }
}
