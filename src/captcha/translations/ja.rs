//! Japanese. Not yet reviewed by a native screen-reader user.

use super::Message as M;

pub(super) fn text(message: M) -> &'static str {
    match message {
        M::Group => "音声キャプチャ",
        M::Label => "音声の数字",
        M::Instruction => {
            "入力欄でピリオドを押すか、「{play}」を押して聞き、数字を入力してください。"
        }
        M::InstructionNoKeys => "「{play}」を押して、聞こえる数字を入力してください。",
        M::Play => "音声を再生",
        M::Resume => "続きを再生",
        M::PlayNew => "新しい音声を再生",
        M::Pause => "一時停止",
        M::Back => "前の数字",
        M::Forward => "次の数字",
        M::Slower => "遅く",
        M::Faster => "速く",
        M::Volume => "音量",
        M::VolumePercent => "{}パーセント",
        M::Renew => "別の音声を再生",
        M::Check => "数字を確認",
        M::Playing => "再生中",
        M::Loading => "音声を読み込んでいます。",
        M::Ended => "音声が終わりました。",
        M::EndedKeys => {
            "音声が終わりました。数字を入力してください。コンマで前の数字、スラッシュで次の数字です。"
        }
        M::EndedType => "音声が終わりました。数字を入力してください。",
        M::EndedTypeBefore => "音声が終わりました。すぐ前の入力欄に数字を入力してください。",
        M::EndedTypeBox => "音声が終わりました。入力欄に数字を入力してください。",
        M::EndedNew => "新しい音声が終わりました。数字を入力してください。",
        M::EndedNewBox => "新しい音声が終わりました。入力欄に数字を入力してください。",
        M::BoxCleared => "入力欄を空にしました。",
        M::Paused => "一時停止しました。もう一度再生すると続きから始まります。",
        M::Stalled => "音が止まりました。もう一度再生すると続きから始まります。",
        M::Speed => "速度{}パーセント。",
        M::SpeedSlowest => "速度{}パーセント、最も遅い設定です。",
        M::SpeedFastest => "速度{}パーセント、最も速い設定です。",
        M::Checking => "確認しています。",
        M::Verified => "確認できました。送信できます。",
        M::VerifiedShort => "確認できました。",
        M::Wrong => "数字が一致しません。新しい音声を聞いて、もう一度入力してください。",
        M::WrongCleared => {
            "数字が一致しないため、入力欄を空にしました。新しい音声を再生してください。"
        }
        M::Expired => "キャプチャの音声の有効期限が切れました。新しい音声を再生してください。",
        M::ExpiredClears => {
            "キャプチャの音声の有効期限が切れました。新しい音声を再生すると入力欄は空になります。"
        }
        M::ExpiresSoon => {
            "キャプチャの音声はまもなく期限が切れます。時間が必要なら「{renew}」を押してください。"
        }
        M::Submitted => "この音声はすでに送信されました。新しい音声を再生してください。",
        M::NeedPlay => "先に音声を聞いてください。ピリオドか「{play}」を押します。",
        M::NeedPlayNoKeys => "先に音声を聞いてください。「{play}」を押します。",
        M::NeedAnswer => "入力欄が空です。音声の数字を入力してください。",
        M::NeedNew => "新しい音声を再生して、数字を入力してください。",
        M::NeedCheck => "「{check}」を押してください。",
        M::NeedConsent => "先に同意の欄にチェックを入れてください。入力欄のすぐ前にあります。",
        M::NotDigits => "数字以外の文字があります。聞こえたとおりなら、そのまま送信できます。",
        M::Notice => {
            "入力した値は確認のためネイバーに送られ、最長1年間保管され、サービスの改善に使われることがあります。"
        }
        M::NoticeConsent => "ネイバーは最長1年間保管し、サービスの改善に使うことがあります。",
        M::NoticePractice => "練習モードです。入力した値はこのサイトのサーバーにだけ送られます。",
        M::Consent => "入力した値がネイバーに送られることに同意します",
        M::UseAnotherWay => "別の方法をご利用ください。",
        M::SubmitAsIs => "そのまま送信してください。",
        M::ContactSite => "サイトの運営者にお問い合わせください。",
        M::QuotaExceeded => "本日はこれ以上音声を聞けません。{way}",
        M::RateLimited => "リクエストが多すぎます。しばらくしてからもう一度再生してください。",
        M::RateLimitedSeconds => "リクエストが多すぎます。{}秒後にもう一度再生してください。",
        M::RateLimitedMinutes => "リクエストが多すぎます。{}分後にもう一度再生してください。",
        M::Unavailable => "音声サービスが応答しません。しばらくしてからもう一度再生してください。",
        M::StillUnavailable => "まだ応答がありません。{way}",
        M::Misconfigured => "このサイトの設定の問題で音声を聞けません。{way}",
        M::Offline => "インターネットに接続していません。接続したらもう一度再生してください。",
        M::Timeout => "時間がかかりすぎました。もう一度再生してください。",
        M::NetworkError => "サーバーに接続できませんでした。もう一度再生してください。",
        M::BadResponse => "サーバーの応答を読み取れませんでした。もう一度再生してください。",
        M::NotAudio => "受け取った音声を再生できません。もう一度再生してください。",
        M::PlaybackBlocked => "ブラウザーが音を止めました。もう一度再生してください。",
        M::InternalError => "キャプチャに問題が起きました。もう一度再生してください。",
        M::CheckFailed => "確認できませんでした。しばらくしてからもう一度確認してください。",
    }
}
