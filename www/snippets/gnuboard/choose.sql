UPDATE g5_config SET cf_captcha = 'sori';
