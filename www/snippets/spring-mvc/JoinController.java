package site;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;

@Controller
public class JoinController {
    @Autowired
    private SoriCaptcha captcha;

    @RequestMapping(value = "/join", method = RequestMethod.GET)
    public String show() {
        return "join";
    }

    @RequestMapping(value = "/join", method = RequestMethod.POST)
    public String join(@RequestParam(value = "captcha-response", defaultValue = "") String response, Model model) {
        if (captcha.isVerified(response)) {
            return "welcome";
        }
        model.addAttribute("error", "The numbers did not match. Play new audio and type them again.");
        return "join";
    }
}
