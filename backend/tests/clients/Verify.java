// The verification that the best-known Spring tutorial shows, without Spring: a pattern first, then a GET
// with everything in the query. Prints what it made of the response.
// Usage: java Verify.java CLIENT SITEVERIFY_URL < {"secret": …, "response": …}

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class Verify {
    private static final Pattern RESPONSE_PATTERN = Pattern.compile("[A-Za-z0-9_-]+");

    public static void main(String[] arguments) throws Exception {
        String client = arguments[0];
        String url = arguments[1];
        String input = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        String secret = member(input, "secret");
        String response = member(input, "response");
        if (!RESPONSE_PATTERN.matcher(response).matches()) {
            System.out.println("{\"passed\": false, \"error\": \"the response contains invalid characters\"}");
            return;
        }
        String query = "secret=" + encoded(secret) + "&response=" + encoded(response) + "&remoteip=192.0.2.7";
        HttpRequest.Builder request;
        if (client.equals("post")) {
            request = HttpRequest.newBuilder(URI.create(url))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(query));
        } else {
            request = HttpRequest.newBuilder(URI.create(url + "?" + query));
        }
        HttpResponse<String> answer =
                HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        boolean passed = answer.body().contains("\"success\":true");
        Matcher error = Pattern.compile("\"error-codes\":\\[\"([a-z-]+)\"").matcher(answer.body());
        String code = error.find() ? "\"" + error.group(1) + "\"" : "null";
        System.out.println("{\"passed\": " + passed + ", \"error\": " + code + "}");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String member(String json, String name) {
        Matcher member = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
        if (!member.find()) {
            throw new IllegalArgumentException(name);
        }
        return member.group(1);
    }
}
