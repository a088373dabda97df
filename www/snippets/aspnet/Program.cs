using System.Net;
using System.Text.Json;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddHttpClient("siteverify", client => client.Timeout = TimeSpan.FromSeconds(20));
var app = builder.Build();
app.UseStaticFiles();

string Page(string error) => $"""
    <!doctype html>
    <html lang="en">
    <title>Join</title>
    <script type="module" src="/sori/define.js"></script>
    <form action="/join" method="post">
      <label>Name <input name="name" required></label>
      <sori-captcha endpoint="/captcha" name="captcha" required error="{WebUtility.HtmlEncode(error)}">
        <a slot="alternative" href="/join/by-phone">Verify another way</a>
      </sori-captcha>
      <button>Join</button>
    </form>
    """;

async Task<bool> IsVerified(IFormCollection form, IHttpClientFactory clients)
{
    string response = form["captcha-response"].ToString();
    if (response.Length == 0) return false;
    var question = new FormUrlEncodedContent(new Dictionary<string, string>
    {
        ["secret"] = app.Configuration["SITEVERIFY_SECRET"]!,
        ["response"] = response,
    });
    try
    {
        using var answer = await clients.CreateClient("siteverify").PostAsync(app.Configuration["SITEVERIFY_URL"], question);
        using var verdict = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return verdict.RootElement.TryGetProperty("success", out var success) && success.ValueKind == JsonValueKind.True;
    }
    catch (Exception error) when (error is HttpRequestException or TaskCanceledException or JsonException)
    {
        return false;
    }
}

app.MapGet("/join", () => Results.Content(Page(""), "text/html"));

app.MapPost("/join", async (HttpRequest request, IHttpClientFactory clients) =>
    await IsVerified(await request.ReadFormAsync(), clients)
        ? Results.Text("Welcome")
        : Results.Content(Page("The numbers did not match. Play new audio and type them again."), "text/html", statusCode: 422));

app.Run();
