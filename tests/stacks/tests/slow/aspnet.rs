use sori_stacks::{Backend, Process, Way, copy, folder, free_port, snippet, walk};

/// ASP.NET Core cannot be installed here. Debian's Mono compiles and runs the class that calls the backend. This is a
/// site around it.
const SITE: &str = r#"
using System;
using System.IO;
using System.Net;
using System.Text;

public static class Site
{
    const string Form = "<form method='post'><sori-captcha endpoint=\"/captcha\" name=\"captcha\" error=\"{0}\"></sori-captcha></form>";

    public static void Main()
    {
        var captcha = new SoriCaptcha(Environment.GetEnvironmentVariable("SITEVERIFY_URL"), Environment.GetEnvironmentVariable("SITEVERIFY_SECRET"));
        var listener = new HttpListener();
        listener.Prefixes.Add("http://127.0.0.1:" + Environment.GetEnvironmentVariable("PORT") + "/");
        listener.Start();
        while (true)
        {
            var context = listener.GetContext();
            var page = string.Format(Form, "");
            if (context.Request.HttpMethod == "POST")
            {
                var verified = captcha.IsVerified(Response(context.Request)).Result;
                page = verified ? "Welcome" : string.Format(Form, "The numbers did not match.");
            }
            var bytes = Encoding.UTF8.GetBytes(page);
            context.Response.ContentType = "text/html";
            context.Response.OutputStream.Write(bytes, 0, bytes.Length);
            context.Response.Close();
        }
    }

    static string Response(HttpListenerRequest request)
    {
        var body = new StreamReader(request.InputStream).ReadToEnd();
        foreach (var field in body.Split('&'))
        {
            var pair = field.Split('=');
            if (pair[0] == "captcha-response") return WebUtility.UrlDecode(pair[1]);
        }
        return null;
    }
}
"#;

#[tokio::test(flavor = "multi_thread")]
async fn the_class_for_aspnet_checks_the_form() {
    let folder = folder("aspnet");
    copy(
        &snippet("aspnet/SoriCaptcha.cs"),
        &folder.join("SoriCaptcha.cs"),
    );
    std::fs::write(folder.join("Site.cs"), SITE).expect("a file can be written");
    let port = free_port();
    let backend = Backend::for_pages_of(&format!("http://127.0.0.1:{port}")).await;
    let command = "mcs -r:System.Net.Http -r:System.Runtime.Serialization -out:site.exe SoriCaptcha.cs Site.cs && exec mono site.exe";
    let site = Process::start(command, &folder, port, &backend);
    walk(site, backend, "/join", "/join", Way::PastTheSite).await;
}
