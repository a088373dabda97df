using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Runtime.Serialization;
using System.Runtime.Serialization.Json;
using System.Threading.Tasks;

/// Asks the backend whether a response is right.
public sealed class SoriCaptcha
{
    static readonly HttpClient Client = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
    readonly string url, secret;

    public SoriCaptcha(string url, string secret)
    {
        this.url = url;
        this.secret = secret;
    }

    public async Task<bool> IsVerified(string response)
    {
        if (string.IsNullOrEmpty(response)) return false;
        var question = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["secret"] = secret,
            ["response"] = response,
        });
        try
        {
            using (var answer = await Client.PostAsync(url, question))
            using (var body = await answer.Content.ReadAsStreamAsync())
            {
                var verdict = (Verdict)new DataContractJsonSerializer(typeof(Verdict)).ReadObject(body);
                return verdict != null && verdict.Success;
            }
        }
        catch (Exception error) when (error is HttpRequestException || error is TaskCanceledException || error is SerializationException)
        {
            return false;
        }
    }

    [DataContract]
    sealed class Verdict
    {
        [DataMember(Name = "success")]
        public bool Success { get; set; }
    }
}
