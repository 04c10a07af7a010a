#pragma once

// Tokens and keys made by others: Python's hmac and hashlib, and `cryptography`. Where nothing else
// is said they are HS256, and claim
// {"sub":"alice","iss":"https://id.example","aud":["mq","other"],"nbf":1000,"exp":2000}.

namespace rocketmq::gateway::vectors {

inline constexpr const char* secret = "0123456789abcdef0123456789abcdef";
inline constexpr const char* public_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvYO2Rh8oWSXT+LRd2uli\n"
    "IzT17ifkykmobDp5xfC77JVRe6b1GFQyvM371/zvhoAj1TkdC8ePnFEAAgvNzXug\n"
    "0T4DhNaOzAbrwVuh+rfqqDzSWvQWWEl+UeD1K4l3NXbQwRQfwfHSElo0rGBeiB7I\n"
    "62aomC1A8HVzD2W/OsOkr5xBonN07ZxcGPDnDtWjBVz4R82iz2CUsP4Ti9wqpGs1\n"
    "FnFRFJgsiEfSIWlt/GpUNrhBGr0RkbtSIxGYp+UI76Q7p1EsEhHeoZ9I3wtAmFe6\n"
    "MNjAThTc5feAg5KzC+ClQpoOA+KAVnfTOYlyDYQMueo0chqvbAPnhw4+SNynaI5U\n"
    "twIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
inline constexpr const char* small_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQD1J73bwturBF+4b7TnLMO3wwF9\n"
    "LVkxYt2qHIuYU3A7NE79BWaTm6GMLrPjpIQYWMtcXl0FH7MpLMG3w3XxUThis0Lm\n"
    "i9maIB6cBfgcOYhfCdeCwb5HAuqIUpact0s3uIB3Bi7IfzW7BfoMFawCasVl7kjL\n"
    "jf405bDExamVNHCrNQIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
inline constexpr const char* elliptic_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAESyFfXswIoAuwcg64D9BccRfMMF+8\n"
    "RoMcm0bXU58ZZIy5y/19nOSWwXwlbafjslL9Rg75+BO8R8p89pEHgysIHw==\n"
    "-----END PUBLIC KEY-----\n";

inline constexpr const char* hs256 =
    "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9.eyJzdWIiOiAiYWxpY2UiLCAiaXNzIjogImh0dHBzOi8va"
    "WQuZXhhbXBsZSIsICJhdWQiOiBbIm1xIiwgIm90aGVyIl0sICJuYmYiOiAxMDAwLCAiZXhwIjogMjAwMH0.SFr"
    "wcNjq83188kh7I_m-zFLLfkt6vUTN2VbmTVfoI9c";
inline constexpr const char* wrong_secret =
    "eyJhbGciOiAiSFMyNTYifQ.eyJzdWIiOiAiYWxpY2UiLCAiaXNzIjogImh0dHBzOi8vaWQuZXhhbXBsZSIsICJ"
    "hdWQiOiBbIm1xIiwgIm90aGVyIl0sICJuYmYiOiAxMDAwLCAiZXhwIjogMjAwMH0.zmLto6k9uGc55Tbs658gi"
    "TQUztlbmQg0wwnYoSWOLFI";
inline constexpr const char* none =
    "eyJhbGciOiAibm9uZSJ9.eyJzdWIiOiAiYWxpY2UiLCAiaXNzIjogImh0dHBzOi8vaWQuZXhhbXBsZSIsICJhd"
    "WQiOiBbIm1xIiwgIm90aGVyIl0sICJuYmYiOiAxMDAwLCAiZXhwIjogMjAwMH0.";
inline constexpr const char* hs512 =
    "eyJhbGciOiAiSFM1MTIifQ.eyJzdWIiOiAiYWxpY2UiLCAiaXNzIjogImh0dHBzOi8vaWQuZXhhbXBsZSIsICJ"
    "hdWQiOiBbIm1xIiwgIm90aGVyIl0sICJuYmYiOiAxMDAwLCAiZXhwIjogMjAwMH0.v92OesQMtwwYbli3K7uIz"
    "Xt7GgPTKUf8NZD-sCOmcYPb76zgVuqC90Sl4qzMEK1Rz7PIY7Hr1lOvr0YmRHDWPQ";
// says HS256, and is signed as RS256 is
inline constexpr const char* says_hs_signed_rs =
    "eyJhbGciOiAiSFMyNTYifQ.eyJzdWIiOiAiYWxpY2UiLCAiaXNzIjogImh0dHBzOi8vaWQuZXhhbXBsZSIsICJ"
    "hdWQiOiBbIm1xIiwgIm90aGVyIl0sICJuYmYiOiAxMDAwLCAiZXhwIjogMjAwMH0.KLOb71lUnStqRUtAbp7Gp"
    "y0djinU3ohPJwqNfQmkxROrBffbY53ijADnsZRazH-k1X-95-pi9hOyH6r2A6o5GWKcF8JMOchb1khfa468FxE"
    "riPOZHwOnSX5vMYC80I9LrhMUYeBMF0os1VKA0rBQMorZIr2QBGQOQSuWdYJhpI4AiKVOmoh4Q5Oid7BRymYgD"
    "jLy3Ng2OLoBJO5pfDhiddxXVmvhzeR2zcYXCBquld_oMn5YMhINRXsaO2uZjmpgUnevOgfWwfr6BtcSxF7O-eO"
    "ZKPp0_SLv3FeT2FwaHNcvnOmnUzNW6B4TOStAwsE2C0AnDreUzxRgzBRVA4R2Aw";
// HS256, with the text of the public key as secret
inline constexpr const char* confused =
    "eyJhbGciOiAiSFMyNTYifQ.eyJzdWIiOiAiYWxpY2UiLCAiaXNzIjogImh0dHBzOi8vaWQuZXhhbXBsZSIsICJ"
    "hdWQiOiBbIm1xIiwgIm90aGVyIl0sICJuYmYiOiAxMDAwLCAiZXhwIjogMjAwMH0.WvkNvi144PhUHU_b3vWBL"
    "_ZYNX83Bt9cRSZkgQxmDfY";
// RS256 by what it says, with the padding of PS256
inline constexpr const char* pss =
    "eyJhbGciOiAiUlMyNTYifQ.eyJzdWIiOiAiYWxpY2UiLCAiaXNzIjogImh0dHBzOi8vaWQuZXhhbXBsZSIsICJ"
    "hdWQiOiBbIm1xIiwgIm90aGVyIl0sICJuYmYiOiAxMDAwLCAiZXhwIjogMjAwMH0.TvK_dSKl8Kyv0AR81_ckI"
    "oBdtO5jTzTstLAQ-g--4SnXICqAuJ1_ZIvkIEmPrYJn1_DxUHPAELt6XST1iFDVf6shmk3NGAfyTGh5eDj8v3L"
    "TpQTCKhD9yq8D6dgWWxMb-9mvyJBUWAouLwJic_bxxOcvF9F41LpFm-jEUE4HxxTYJrD4vllcbdmziVIx3EmZa"
    "zJ8XHos3kFYtZUSiVxAGGIRpN20rklxQQetzXs0RZBXb9llwRHYJ-rz570lhri0acia6UAwcFWODLIUI8uWKnJ"
    "hsPx1tmjmHg8zukNXTBgaawk7khgu22qPZmt2XvpLj-oSe6O8JRnqtWK_RJXsFQ";
// says crit
inline constexpr const char* crit =
    "eyJhbGciOiAiSFMyNTYiLCAiY3JpdCI6IFsiZXhwIl19.eyJzdWIiOiAiYWxpY2UiLCAiaXNzIjogImh0dHBzO"
    "i8vaWQuZXhhbXBsZSIsICJhdWQiOiBbIm1xIiwgIm90aGVyIl0sICJuYmYiOiAxMDAwLCAiZXhwIjogMjAwMH0"
    ".kQ1UjWQt2Ak7kI8CDcmZCut4vxQFxGIvActMyz0Kq04";
inline constexpr const char* no_exp =
    "eyJhbGciOiAiSFMyNTYifQ.eyJzdWIiOiAiYWxpY2UiLCAiaXNzIjogImh0dHBzOi8vaWQuZXhhbXBsZSIsICJ"
    "hdWQiOiBbIm1xIiwgIm90aGVyIl0sICJuYmYiOiAxMDAwfQ.whvzU_qaCa6RjyM8mrDyfOiyW-HmHjV-bjYzIq"
    "veeUw";
inline constexpr const char* exp_text =
    "eyJhbGciOiAiSFMyNTYifQ.eyJzdWIiOiAiYWxpY2UiLCAiaXNzIjogImh0dHBzOi8vaWQuZXhhbXBsZSIsICJ"
    "hdWQiOiBbIm1xIiwgIm90aGVyIl0sICJuYmYiOiAxMDAwLCAiZXhwIjogIjIwMDAifQ.iBhKUoTWfq3c0OdkbU"
    "3aLuagRJY8lAd_DDq1MlgRGvI";
inline constexpr const char* no_nbf =
    "eyJhbGciOiAiSFMyNTYifQ.eyJzdWIiOiAiYWxpY2UiLCAiaXNzIjogImh0dHBzOi8vaWQuZXhhbXBsZSIsICJ"
    "hdWQiOiBbIm1xIiwgIm90aGVyIl0sICJleHAiOiAyMDAwfQ.QdxxMbL339K6rUMAwsL2s-4K7s6sGqWtDxY7Xw"
    "vQhxI";
inline constexpr const char* no_sub =
    "eyJhbGciOiAiSFMyNTYifQ.eyJpc3MiOiAiaHR0cHM6Ly9pZC5leGFtcGxlIiwgImF1ZCI6IFsibXEiLCAib3R"
    "oZXIiXSwgIm5iZiI6IDEwMDAsICJleHAiOiAyMDAwfQ.HZtZM0ERrgcz0BdLeBgF63eaTM3hCrEx_CfRR4vUw0"
    "U";
inline constexpr const char* empty_sub =
    "eyJhbGciOiAiSFMyNTYifQ.eyJzdWIiOiAiIiwgImlzcyI6ICJodHRwczovL2lkLmV4YW1wbGUiLCAiYXVkIjo"
    "gWyJtcSIsICJvdGhlciJdLCAibmJmIjogMTAwMCwgImV4cCI6IDIwMDB9.Vjzj4l0OQhh61HjS2SJUa6ftY_Me"
    "Zi1JX_m9IieZi1Y";
inline constexpr const char* aud_text =
    "eyJhbGciOiAiSFMyNTYifQ.eyJzdWIiOiAiYWxpY2UiLCAiaXNzIjogImh0dHBzOi8vaWQuZXhhbXBsZSIsICJ"
    "hdWQiOiAibXEiLCAibmJmIjogMTAwMCwgImV4cCI6IDIwMDB9.fRFMRtFSvZSlRFU5uSXD9iX8mi8gHGUOgQG7"
    "EafdV8M";
inline constexpr const char* aud_other =
    "eyJhbGciOiAiSFMyNTYifQ.eyJzdWIiOiAiYWxpY2UiLCAiaXNzIjogImh0dHBzOi8vaWQuZXhhbXBsZSIsICJ"
    "hdWQiOiBbIm90aGVyIl0sICJuYmYiOiAxMDAwLCAiZXhwIjogMjAwMH0.Jx26Gy4uRvgfImXmGWA-EQKSMAmTd"
    "j16BQZqZvagmJw";
inline constexpr const char* iss_other =
    "eyJhbGciOiAiSFMyNTYifQ.eyJzdWIiOiAiYWxpY2UiLCAiaXNzIjogImh0dHBzOi8vZXZpbC5leGFtcGxlIiw"
    "gImF1ZCI6IFsibXEiLCAib3RoZXIiXSwgIm5iZiI6IDEwMDAsICJleHAiOiAyMDAwfQ.ooD4cobTyjw4l6jsEk"
    "miSzdOpLT8KbdsMS7SqTfGW5c";
inline constexpr const char* no_iss =
    "eyJhbGciOiAiSFMyNTYifQ.eyJzdWIiOiAiYWxpY2UiLCAiYXVkIjogWyJtcSIsICJvdGhlciJdLCAibmJmIjo"
    "gMTAwMCwgImV4cCI6IDIwMDB9.jJ3-F8XMJIprnvQwq82I5caIg7Hihrm0r1tgrIVZeg4";
inline constexpr const char* rs256 =
    "eyJhbGciOiAiUlMyNTYiLCAia2lkIjogImsxIn0.eyJzdWIiOiAiYWxpY2UiLCAiaXNzIjogImh0dHBzOi8vaW"
    "QuZXhhbXBsZSIsICJhdWQiOiBbIm1xIiwgIm90aGVyIl0sICJuYmYiOiAxMDAwLCAiZXhwIjogMjAwMH0.o4Dp"
    "5YMIzaFDVy0Htr-ideyCFrB7ExIZWtTpokh9VaDPMQYi7PvKzywLm1kEOhd0ioPOH9UvrrA_Hy-J3b0DHtXt9f"
    "V6NjufHBTL-RofAGIH1unbM_4WfMLqdCrtbRtQT5OzHlZ-E_Pixlswvo4ahcDSYwpbXMb3STAUzCbFZSPHa3MG"
    "ik-Oq-_fnhWHzAEYCtobFi7m-bOfJvm0sDpeSmIm2vgO_9vF3IFNsNp54z5aCXnI0WZ8hQcjCDgbfTHSXriUzu"
    "4XEeGDMP6IzVyoVMsNsYa3qlMfnhfBnrTtfnUk4bU8bOd7klZPgBgMuCMILvErVsN4asNao3qUooTXAQ";
// {"sub":"alice","exp":4102444800}, which is the year 2100
inline constexpr const char* of_2100 =
    "eyJhbGciOiAiUlMyNTYifQ.eyJzdWIiOiAiYWxpY2UiLCAiZXhwIjogNDEwMjQ0NDgwMH0.rHidUXty8qjz0XJ"
    "E8N-5_RHoIPQQCiL8Q0UPNGIkl21VOEJfZZTbCgIeotquMu1uyicfeQaDsCGQdBgSb_qAbojhyuuJrE5JNelp7"
    "ZskByiS1cLPFkYkmBiFxTOTV4d7-n33sUpMJrwhS5yttkdKw68zSRjvV11D3BNCdpLkkAi2Og2njqrUeP1SJLZ"
    "Tf286yPVHEZ2jS93WdKMr78x1tC9dC5a1hMGDOUDIvul5Kl3K98jyu26pBhPit3rN0HZVU9LKon9mUamPWNntg"
    "-wZti5Q13BxUVNjam-VJ9vhfE4_AnfC4DwuDf4qREyurtBM01TcZGuaTKBHxoM0fkbDnA";

}  // namespace rocketmq::gateway::vectors
