import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sts.StsClient;

/** Asks AWS who it is, with whatever the AWS SDK for Java finds. */
public final class Who {
  public static void main(String[] args) {
    StsClient.builder().httpClient(UrlConnectionHttpClient.create()).build().getCallerIdentity();
  }
}
