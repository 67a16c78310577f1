import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.signers.PlainDSAEncoding;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/**
 * 用 Java 11 与 BouncyCastle 发送一笔签名的 1101 人员信息获取，并验证应答的签名。 A signed 1101 with Java 11 or newer and
 * BouncyCastle (bcprov 1.61 or newer); the answer's signature is verified.
 *
 * <pre>java -Dfile.encoding=UTF-8 -cp bcprov.jar SignedCall.java http://127.0.0.1:8530/care-place his-530000.key.pem 530000.pub.pem</pre>
 *
 * Exit codes: 0 done, 1 refused, 3 not known (send the same message again, do not charge twice).
 */
public final class SignedCall {
  private static final String INSTITUTION = "H53010000001";
  private static final byte[] USER_ID = "1234567812345678".getBytes(StandardCharsets.US_ASCII);

  public static void main(String[] args) throws Exception {
    CipherParameters ownKey = PrivateKeyFactory.createKey(readPem(args[1]));
    CipherParameters gatewayKey = PublicKeyFactory.createKey(readPem(args[2]));
    String input =
        "{\"data\":{\"mdtrt_cert_type\":\"02\",\"mdtrt_cert_no\":\"00000019780718005X\","
            + "\"psn_cert_type\":\"01\",\"certno\":\"00000019780718005X\",\"psn_name\":\"测试丁\"}}";
    String answer = post(args[0], request("1101", input, ownKey, "330100"));
    String infcode = member(answer, "infcode");
    if (!"0".equals(infcode)) giveUp(1, "refused: " + member(answer, "err_msg"));
    // 应答签名覆盖 output 的原始字节；网关把 output 写在最后。
    // The answer's signature covers the bytes of output, which stands last.
    String output = answer.substring(answer.lastIndexOf(",\"output\":") + 10, answer.length() - 1);
    if (!verify(output, member(answer, "cainfo"), gatewayKey))
      giveUp(3, "not known: the signature of the answer is wrong");
    System.out.println("psn_no " + member(output, "psn_no"));
    System.out.println("signature good");
  }

  /** A message; the text of input is signed and sent as it is: 签名覆盖 input 的原始字节. */
  private static String request(String infno, String input, CipherParameters key, String insuredPlace)
      throws Exception {
    ZonedDateTime now = ZonedDateTime.now(ZoneOffset.ofHours(8));
    String stamp = now.format(DateTimeFormatter.ofPattern("yyyyMMddHHmmss"));
    String number = String.format("%04d", ThreadLocalRandom.current().nextInt(10_000));
    return "{\"infno\":\"" + infno + "\",\"msgid\":\"" + INSTITUTION + stamp + number
        + "\",\"mdtrtarea_admvs\":\"530100\",\"insuplc_admdvs\":\"" + insuredPlace
        + "\",\"recer_sys_code\":\"99\",\"dev_no\":\"\",\"dev_safe_info\":\"\",\"cainfo\":\""
        + sign(input, key) + "\",\"signtype\":\"SM2\",\"infver\":\"1.0.0\",\"opter_type\":\"1\","
        + "\"opter\":\"0001\",\"opter_name\":\"测试经办\",\"inf_time\":\""
        + now.format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss"))
        + "\",\"fixmedins_code\":\"" + INSTITUTION
        + "\",\"fixmedins_name\":\"示例医院（云南）\",\"sign_no\":\"\",\"input\":" + input + "}";
  }

  /** cainfo: base64 of r and s, 32 bytes each; SM3withSM2 under the user id. */
  private static String sign(String text, CipherParameters key) throws Exception {
    SM2Signer signer = new SM2Signer(PlainDSAEncoding.INSTANCE);
    signer.init(true, new ParametersWithID(key, USER_ID));
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    signer.update(bytes, 0, bytes.length);
    return Base64.getEncoder().encodeToString(signer.generateSignature());
  }

  private static boolean verify(String text, String cainfo, CipherParameters key) {
    SM2Signer verifier = new SM2Signer(PlainDSAEncoding.INSTANCE);
    verifier.init(false, new ParametersWithID(key, USER_ID));
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    verifier.update(bytes, 0, bytes.length);
    return verifier.verifySignature(Base64.getDecoder().decode(cainfo));
  }

  private static String post(String url, String message) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofSeconds(30))
            .header("content-type", "application/json; charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofString(message))
            .build();
    try {
      HttpResponse<String> answer =
          HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build().send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() == 504) giveUp(3, "not known: " + answer.body());
      return answer.body();
    } catch (Exception error) {
      giveUp(3, "not known: " + error);
      return "";
    }
  }

  /** The first member of this name: enough for an example. A program takes a JSON library, amounts as BigDecimal. */
  private static String member(String json, String name) {
    Matcher found = Pattern.compile("\"" + name + "\":\"?([^\",}]*)").matcher(json);
    return found.find() ? found.group(1) : "";
  }

  private static byte[] readPem(String file) throws Exception {
    String text = new String(Files.readAllBytes(Path.of(file)), StandardCharsets.US_ASCII);
    return Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", ""));
  }

  private static void giveUp(int code, String text) {
    System.err.println(text);
    System.exit(code);
  }
}
