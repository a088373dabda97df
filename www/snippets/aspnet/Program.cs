using System.Net;

var builder = WebApplication.CreateBuilder(args);
var app = builder.Build();
app.UseStaticFiles();

var captcha = new SoriCaptcha(app.Configuration["SITEVERIFY_URL"]!, app.Configuration["SITEVERIFY_SECRET"]!);

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

app.MapGet("/join", () => Results.Content(Page(""), "text/html"));

app.MapPost("/join", async (HttpRequest request) =>
{
    var form = await request.ReadFormAsync();
    return await captcha.IsVerified(form["captcha-response"].ToString())
        ? Results.Text("Welcome")
        : Results.Content(Page("The numbers did not match. Play new audio and type them again."), "text/html", statusCode: 422);
});

app.Run();
