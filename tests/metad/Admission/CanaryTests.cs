using System.Text;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Admission;

/// <summary>Secrets are in no log, metric, error or audit line, whatever goes wrong.</summary>
public sealed class CanaryTests : IDisposable
{
    private const string Canary = "canary-8841";

    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_secret_that_went_everywhere_is_found_nowhere()
    {
        await using var server = await MetadServer.StartAtAsync(
            _folder.At("metad"), _folder.At("manage"),
            "--log_level=debug", $"--audit_log={_folder.At("audit")}", "--session_tokens=optional",
            $"--manage_token_file={Secret("tokens")}", $"--proxy_secret_file={Secret("proxies")}",
            $"--session_token_key_file={Secret("keys")}", "--username=u", $"--password={Canary}-password");
        var manage = new[] { $"Authorization: Bearer {Canary}-of-the-file-tokens" };
        await server.ManageAsync("PUT", "/v1/data", $$$"""{"a":"{{{Canary}}}-value","b":{"{{{Canary}}}-key":"v"}}""", manage);
        await server.ManageAsync("PUT", "/v1/data", $"{{\"a\": {Canary}-no-json", manage);
        await server.ManageAsync("PUT", "/v1/mapping", $$$"""{"127.0.0.1":{"me":"{{{Canary}}}-no-path"}}""", manage);
        await server.ManageAsync("PUT", "/v1/mapping", $$$"""{"127.0.0.1":{"me":"/a"}}""", manage);
        await server.ManageAsync("PUT", "/v1/rule", $$$"""{"{{{Canary}}}":[]}""", manage);
        await server.ManageAsync("GET", "/v1/data", null, $"Authorization: Bearer {Canary}-wrong");
        await server.ManageAsync("GET", "/v1/data", null, $"Authorization: Basic {Canary}-wrong");
        var token = await RawClient.SendAsync(
            server.Port, "PUT", "/latest/api/token", ["X-aws-ec2-metadata-token-ttl-seconds: 60"], $"{Canary}-body");
        foreach (var header in new[]
        {
            $"X-aws-ec2-metadata-token: {token.Body}", $"X-aws-ec2-metadata-token: {Canary}-wrong", $"Cookie: {Canary}",
            $"X-Metad-Identity: id:a|X-Metad-Signature: {Canary}", $"Authorization: {Canary}",
        })
        {
            await RawClient.SendAsync(server.Port, "GET", "/self/me", header.Split('|'));
            await RawClient.SendAsync(_folder.At("metad"), "GET", "/absent", header.Split('|'));
        }

        await File.WriteAllTextAsync(_folder.At("tokens"), "short");
        await server.ManageAsync("GET", "/v1/data", null, manage);
        File.Delete(_folder.At("proxies"));
        await RawClient.SendAsync(server.Port, "GET", "/self", ["X-Metad-Identity: id:a", $"X-Metad-Signature: {Canary}"]);
        var metrics = (await server.ManageAsync("GET", "/metrics", null, manage)).Body;
        await server.Process.StopAsync(Deadline.In(TimeSpan.FromSeconds(30)));

        var written = new StringBuilder(metrics)
            .AppendJoin('\n', server.Process.Log.Lines).AppendJoin('\n', server.Process.Output.Lines)
            .Append(await File.ReadAllTextAsync(_folder.At("audit"))).ToString();
        token.Status.Should().Be(200);
        written.Should().Contain("session_token").And.Contain("authentication", "denials were written down");
        written.Should().NotContain(Canary).And.NotContain(token.Body);
    }

    private string Secret(string name) => Secrets.Write(_folder, name, $"{Canary}-of-the-file-{name}\n");
}
