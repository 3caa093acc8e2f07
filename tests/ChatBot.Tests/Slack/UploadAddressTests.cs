using ChatBot.Slack;

namespace ChatBot.Tests.Slack;

/// <summary>The bytes of a file go to Slack, whatever an answer says.</summary>
public class UploadAddressTests
{
    private const string Slack = "https://slack.com/api/";
    private const string Gateway = "https://slack.gateway.test/api/";
    private const string Practice = "http://127.0.0.1:8080/api/";

    [Theory]
    [InlineData("https://files.slack.com/upload/v1/ABC", Slack)]
    [InlineData("https://FILES.slack.com/upload/v1/ABC", Slack)]
    [InlineData("https://files.slack-gov.com/upload/v1/ABC", "https://slack-gov.com/api/")]
    [InlineData("https://files.slack.com/upload/v1/ABC", Gateway)]
    [InlineData("https://slack.gateway.test/upload/v1/ABC", Gateway)]
    [InlineData("http://127.0.0.1:8080/upload/v1/ABC", Practice)]
    public void Slack_gets_it(string address, string api) =>
        Assert.Equal(new Uri(address), UploadAddress.Read(address, new Uri(api)));

    [Theory]
    [InlineData(null, Slack)]
    [InlineData("", Slack)]
    [InlineData("/upload/v1/ABC", Slack)]
    [InlineData("file:///etc/passwd", Slack)]
    [InlineData("http://files.slack.com/upload/v1/ABC", Slack)]
    [InlineData("https://files.slack.com:8443/upload/v1/ABC", Slack)]
    [InlineData("https://files.slack.com@evil.test/upload/v1/ABC", Slack)]
    [InlineData("https://user:secret@files.slack.com/upload/v1/ABC", Slack)]
    [InlineData("https://files.slack.com.evil.test/upload/v1/ABC", Slack)]
    [InlineData("https://evilslack.com/upload/v1/ABC", Slack)]
    [InlineData("https://evil.test/upload/v1/ABC", Slack)]
    [InlineData("https://169.254.169.254/latest/meta-data", Slack)]
    [InlineData("http://slack.gateway.test/upload/v1/ABC", Gateway)]
    [InlineData("http://127.0.0.1:8081/upload/v1/ABC", Practice)]
    [InlineData("http://127.0.0.2:8080/upload/v1/ABC", Practice)]
    [InlineData("http://localhost:8080/upload/v1/ABC", Practice)]
    [InlineData("https://evil.test/upload/v1/ABC", Practice)]
    public void Nobody_else_gets_it(string? address, string api) => Assert.Null(UploadAddress.Read(address, new Uri(api)));
}
