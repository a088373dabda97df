package site;

import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.stereotype.Component;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestTemplate;

@Component
public class SoriCaptcha {
    private final String url;
    private final String secret;
    private final RestTemplate http;

    public SoriCaptcha(@Value("${siteverify.url}") String url, @Value("${siteverify.secret}") String secret) {
        this.url = url;
        this.secret = secret;
        SimpleClientHttpRequestFactory requests = new SimpleClientHttpRequestFactory();
        requests.setConnectTimeout(5_000);
        requests.setReadTimeout(20_000);
        this.http = new RestTemplate(requests);
    }

    /** Whether a submitted form may pass. Everything but a verified answer is a no. */
    public boolean isVerified(String response) {
        if (response == null || response.isEmpty()) {
            return false;
        }
        MultiValueMap<String, String> question = new LinkedMultiValueMap<>();
        question.add("secret", secret);
        question.add("response", response);
        try {
            Map<?, ?> answer = http.postForObject(url, question, Map.class);
            return answer != null && Boolean.TRUE.equals(answer.get("success"));
        } catch (RestClientException error) {
            return false;
        }
    }
}
