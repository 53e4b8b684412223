using Sync.Metad.Options;
using Sync.Metad.Tests.Running;

namespace Sync.Metad.Tests.Endpoints;

/// <summary>The same requests to a program that keeps the shapes that clients of 2018 know, and to one that does not.</summary>
public sealed class CompatTests : IAsyncLifetime
{
    private const string Client = "10.1.0.1";

    private MetadServer _stock = null!;
    private MetadServer _plain = null!;

    public async Task InitializeAsync()
    {
        _stock = await StartAsync();
        _plain = await StartAsync("--compat=none");
    }

    public async Task DisposeAsync()
    {
        await _stock.DisposeAsync();
        await _plain.DisposeAsync();
    }

    [Theory]
    [InlineData("PUT", "/shape")]
    [InlineData("POST", "/self")]
    [InlineData("DELETE", "/")]
    [InlineData("OPTIONS", "/none")]
    [InlineData("PUT", "/latest/api/token")]
    public async Task A_wrong_verb_is_404_or_405_with_those_that_are_right(string verb, string target)
    {
        string[] headers = [$"X-Forwarded-For: {Client}", "Accept: application/json"];

        var stock = await RawClient.SendAsync(_stock.Port, verb, target, headers, "");
        var plain = await RawClient.SendAsync(_plain.Port, verb, target, headers, "");

        (stock.Status, stock.Header("allow"), stock.Body).Should().Be((404, null, "404 page not found\n"));
        (plain.Status, plain.Header("allow"), plain.Header("content-type")).Should().Be((405, "GET, HEAD", "application/json"));
        plain.Body.Should().Be($$"""{"code":405,"message":"{{verb}} is not allowed","type":"ERROR"}""" + "\n");
    }

    [Theory]
    [InlineData("prev_version=x", "prev_version should be a version: a whole number from 0")]
    [InlineData("prev_version=-1", "prev_version should be a version: a whole number from 0")]
    [InlineData("prev_version=", "prev_version should be a version: a whole number from 0")]
    [InlineData("wait=1", "wait should be true or false")]
    [InlineData("wait_for_change=yes&x=1", "wait_for_change should be true or false")]
    [InlineData("pretty", "pretty should be true or false")]
    [InlineData("recursive=no", "recursive should be true or false")]
    [InlineData("format=xml", "format should be json, yaml, text, env or dotenv")]
    [InlineData("alt=", "alt should be json, yaml, text, env or dotenv")]
    [InlineData("timeout_sec=1.5", "timeout_sec should be a whole number of seconds")]
    [InlineData("depth=0", "depth should be a whole number from 1")]
    [InlineData("limit=-1&depth=0", "limit should be a whole number from 1")]
    public async Task A_value_that_says_nothing_is_passed_over_or_400(string query, string problem)
    {
        (await _stock.GetAsync($"/shape/name?{query}", Client)).Body.Should().Be("v");

        foreach (var client in new[] { Client, "10.9.9.9" })
        {
            var plain = await _plain.GetAsync($"/shape/name?{query}", client);
            (plain.Status, plain.Body).Should().Be((400, $"{problem}\n"));
        }
    }

    [Theory]
    [InlineData("wait=false&prev_version=0&pretty=true&recursive=true&format=text&timeout_sec=0&depth=1&limit=1")]
    [InlineData("WAIT=1&unknown=x")]
    [InlineData("wait=TRUE&prev_version=1")]
    [InlineData("wait=false&wait=1")]
    public async Task What_says_something_and_names_that_mean_nothing_are_answered_by_both(string query)
    {
        foreach (var server in new[] { _stock, _plain })
        {
            var answer = await server.GetAsync($"/shape/name?{query}", Client);
            (answer.Status, answer.Body).Should().Be((200, "v"), query);
        }
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    public async Task A_redirect_lets_clients_change_the_verb_or_keeps_it(string verb)
    {
        foreach (var isManage in new[] { false, true })
        {
            var stock = await RawClient.SendAsync(isManage ? _stock.ManagePort : _stock.Port, verb, "//v1//data");
            var plain = await RawClient.SendAsync(isManage ? _plain.ManagePort : _plain.Port, verb, "//v1//data");

            (stock.Status, plain.Status).Should().Be((301, 308));
            plain.Header("location").Should().Be("/v1/data");
        }

        // A client that follows redirects as the standard says writes where it meant to.
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{_plain.ManagePort}") };
        (await http.PutAsync(new Uri("/v1/data//followed", UriKind.Relative), new StringContent("\"here\""))).EnsureSuccessStatusCode();
        (await _plain.ManageAsync("GET", "/v1/data/followed")).Body.Should().Be("here");
    }

    [Theory]
    [InlineData("application/json", "/none", "text/plain; charset=utf-8", "application/json")]
    [InlineData("application/yaml", "/none", "text/plain; charset=utf-8", "application/yaml")]
    [InlineData("text/plain", "/none", "text/plain; charset=utf-8", "text/plain; charset=utf-8")]
    [InlineData("text/plain", "/shape", "text/plain", "text/plain; charset=utf-8")]
    [InlineData("application/json", "/shape", "application/json", "application/json")]
    [InlineData("application/yaml", "/shape", "application/yaml", "application/yaml")]
    public async Task A_type_is_the_known_one_or_the_bodys(string accept, string target, string known, string bodys)
    {
        var stock = await _stock.GetAsync(target, Client, $"Accept: {accept}");
        var plain = await _plain.GetAsync(target, Client, $"Accept: {accept}");

        (stock.Header("content-type"), plain.Header("content-type")).Should().Be((known, bodys));
        plain.Body.Should().Be(stock.Body);
        (await _plain.ManageAsync("GET", "/v1/data/none", null, $"Accept: {accept}")).Header("content-type").Should().Be(
            accept == "text/plain" ? "text/plain; charset=utf-8" : accept);
    }

    [Fact]
    public void The_setting_takes_two_words()
    {
        Load().IsCompatible.Should().BeTrue();
        Load("--compat=metad").IsCompatible.Should().BeTrue();
        Load("--compat=none").IsCompatible.Should().BeFalse();
        var other = () => Load("--compat=2018");
        other.Should().Throw<FormatException>().WithMessage("*use metad or none*");

        static MetadOptions Load(params string[] arguments) => ConfigurationLoader.Load(
            CommandLine.Parse(arguments).Should().BeOfType<CommandLine.Run>().Subject, _ => null);
    }

    private static async Task<MetadServer> StartAsync(params string[] arguments)
    {
        var server = await MetadServer.StartAsync(arguments);
        await server.BecomeReadyAsync();
        await server.WriteAsync("PUT", "/v1/data/shape", """{"name":"v"}""");
        await server.WriteAsync("PUT", "/v1/rule", $$"""{"{{Client}}":[{"path":"/","mode":1}]}""");
        return server;
    }
}
