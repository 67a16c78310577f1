using System;
using System.IO;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

/// <summary>
/// 用 C# 发送一笔签名的 1101 人员信息获取，并验证应答的签名。
/// A signed 1101 without any package; the answer's signature is verified. With Mono:
///
///   mcs -r:System.Numerics.dll -out:signed-call.exe SignedCall.cs Sm2.cs
///   mono signed-call.exe http://127.0.0.1:8530/care-place his-530000.key.pem 530000.pub.pem
///
/// With .NET: both files in a console project, then dotnet run.
/// Exit codes: 0 done, 1 refused, 3 not known (send the same message again, do not charge twice).
/// </summary>
public static class SignedCall
{
    const string Institution = "H53010000001";

    public static int Main(string[] args)
    {
        string input = "{\"data\":{\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":\"00000019780718005X\","
            + "\"psn_cert_type\":\"01\",\"certno\":\"00000019780718005X\",\"psn_name\":\"测试丁\"}}";
        string message = Request("1101", input, args[1], "330100");
        string answer;
        try
        {
            answer = Post(args[0], message);
        }
        catch (WebException error)
        {
            return GiveUp(3, "not known: " + error.Message);
        }
        if (Member(answer, "infcode") != "0") return GiveUp(1, "refused: " + Member(answer, "err_msg"));
        // 应答签名覆盖 output 的原始字节；网关把 output 写在最后。
        // The answer's signature covers the bytes of output, which stands last.
        int at = answer.LastIndexOf(",\"output\":", StringComparison.Ordinal) + 10;
        string output = answer.Substring(at, answer.Length - 1 - at);
        if (!Sm2.Verify(Encoding.UTF8.GetBytes(output), Member(answer, "cainfo"), Sm2.ReadPublicKey(args[2])))
            return GiveUp(3, "not known: the signature of the answer is wrong");
        Console.WriteLine("psn_no " + Member(output, "psn_no"));
        Console.WriteLine("signature good");
        return 0;
    }

    /// <summary>A message; the text of input is signed and sent as it is: 签名覆盖 input 的原始字节.</summary>
    static string Request(string infno, string input, string keyFile, string insuredPlace)
    {
        DateTime now = DateTime.UtcNow.AddHours(8);
        string id = Institution + now.ToString("yyyyMMddHHmmss") + new Random().Next(10000).ToString("D4");
        string cainfo = Sm2.Sign(Encoding.UTF8.GetBytes(input), Sm2.ReadPrivateKey(keyFile));
        return "{\"infno\":\"" + infno + "\",\"msgid\":\"" + id + "\",\"mdtrtarea_admvs\":\"530100\","
            + "\"insuplc_admdvs\":\"" + insuredPlace + "\",\"recer_sys_code\":\"99\",\"dev_no\":\"\","
            + "\"dev_safe_info\":\"\",\"cainfo\":\"" + cainfo + "\",\"signtype\":\"SM2\",\"infver\":\"1.0.0\","
            + "\"opter_type\":\"1\",\"opter\":\"0001\",\"opter_name\":\"测试经办\",\"inf_time\":\""
            + now.ToString("yyyy-MM-dd HH:mm:ss") + "\",\"fixmedins_code\":\"" + Institution
            + "\",\"fixmedins_name\":\"示例医院（云南）\",\"sign_no\":\"\",\"input\":" + input + "}";
    }

    static string Post(string url, string message)
    {
        HttpWebRequest request = (HttpWebRequest)WebRequest.Create(url);
        request.Method = "POST";
        request.ContentType = "application/json; charset=utf-8";
        request.Timeout = 30000;
        request.ServicePoint.Expect100Continue = false;
        byte[] bytes = Encoding.UTF8.GetBytes(message);
        using (Stream body = request.GetRequestStream()) body.Write(bytes, 0, bytes.Length);
        using (WebResponse answer = request.GetResponse())
        using (StreamReader reader = new StreamReader(answer.GetResponseStream(), Encoding.UTF8))
            return reader.ReadToEnd();
    }

    /// <summary>The first member of this name: enough for an example. A program takes a JSON library, amounts as decimal.</summary>
    static string Member(string json, string name)
    {
        return Regex.Match(json, "\"" + name + "\":\"?([^\",}]*)").Groups[1].Value;
    }

    static int GiveUp(int code, string text)
    {
        Console.Error.WriteLine(text);
        return code;
    }
}
