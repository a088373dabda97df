//! Chinese in simplified script. Not yet reviewed by a native screen-reader user.

use super::Message as M;

pub(super) fn text(message: M) -> &'static str {
    match message {
        M::Group => "语音验证码",
        M::Label => "听到的数字",
        M::Instruction => "请按“播放”并输入听到的数字，可以反复收听。",
        M::KeysHint => "在输入框中，句点键播放和暂停，逗号键后退，斜杠键前进。",
        M::Play => "播放语音",
        M::PlayNew => "收听新的语音",
        M::Pause => "暂停",
        M::Back => "后退",
        M::Forward => "前进",
        M::Slower => "放慢",
        M::Faster => "加快",
        M::Volume => "音量",
        M::Renew => "换一段语音",
        M::Check => "验证",
        M::Playing => "正在播放",
        M::Loading => "正在加载语音。",
        M::EndedType => "播放结束。请输入数字。",
        M::Ended => "播放结束。",
        M::Speed => "速度{}%",
        M::Checking => "正在验证。",
        M::Verified => "验证成功。请提交表单。",
        M::Wrong => "数字不正确。请按“收听新的语音”后重新输入。",
        M::Expired => "这段语音已过期，您输入的内容仍然保留。请按“收听新的语音”。",
        M::ExpiresSoon => "这段语音即将过期。如果需要更多时间，请按“换一段语音”。",
        M::Submitted => "这段语音已经提交过。请按“收听新的语音”。",
        M::NeedPlay => "请按“播放语音”并输入听到的数字。",
        M::NeedAnswer => "请输入听到的数字。",
        M::NeedNew => "请按“收听新的语音”并输入听到的数字。",
        M::NeedCheck => "请按“验证”。",
        M::NeedConsent => "要收听语音，请先勾选同意。",
        M::NotDigits => "输入中有数字以外的字符。如果这就是您听到的内容，可以照样提交。",
        M::Notice => "您输入的内容会发送给 NAVER 进行验证，最长保存一年，并可能用于改进其服务。",
        M::Consent => "我同意以上内容。",
        M::QuotaExceeded => {
            "今天的语音已经用完。您输入的内容仍然保留，请用其他方式验证或直接提交。"
        }
        M::RateLimited => "请求过于频繁。您输入的内容仍然保留，请稍后按“播放语音”。",
        M::RateLimitedSeconds => "请求过于频繁。您输入的内容仍然保留，请在{}秒后按“播放语音”。",
        M::RateLimitedMinutes => "请求过于频繁。您输入的内容仍然保留，请在{}分钟后按“播放语音”。",
        M::Unavailable => "语音服务没有响应。您输入的内容仍然保留，请稍后按“播放语音”。",
        M::Misconfigured => {
            "由于本网站的设置问题，无法播放语音。您输入的内容仍然保留，请用其他方式验证或直接提交。"
        }
        M::Offline => "您没有连接到互联网。您输入的内容仍然保留，请在连接后按“播放语音”。",
        M::Timeout => "响应时间过长。您输入的内容仍然保留，请再次按“播放语音”。",
        M::NetworkError => "无法连接服务器。您输入的内容仍然保留，请再次按“播放语音”。",
        M::BadResponse => "无法读取服务器的响应。您输入的内容仍然保留，请再次按“播放语音”。",
        M::NotAudio => "无法播放收到的语音。您输入的内容仍然保留，请再次按“播放语音”。",
        M::PlaybackBlocked => "浏览器阻止了声音。您输入的内容仍然保留，请再次按“播放语音”。",
        M::InternalError => {
            "验证码出现了问题。您输入的内容仍然保留，请再次按“播放语音”或直接提交。"
        }
        M::CheckFailed => "未能完成验证。您输入的内容仍然保留，请再次按“验证”。",
    }
}
