using System.Globalization;
using Google.Protobuf;
using Sync.Etcd.Api;
using Sync.Store.Ctl.Options;

namespace Sync.Store.Ctl.Printing;

/// <summary>What one endpoint answered.</summary>
internal sealed record EndpointAnswer<T>(string Endpoint, T Answer)
    where T : IMessage;

/// <summary>How one endpoint fares.</summary>
/// <param name="Endpoint">Its address, as written.</param>
/// <param name="Took">How long it took to answer or to fail.</param>
/// <param name="Error">What is wrong; empty when nothing is.</param>
internal sealed record EndpointHealth(string Endpoint, TimeSpan Took, string Error)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsHealthy => Error.Length == 0;
}

/// <summary>The answers of the endpoint commands.</summary>
internal static class EndpointPrintouts
{
    private static readonly string[] StatusTitles =
    [
        "ENDPOINT", "ID", "VERSION", "DB SIZE", "IS LEADER", "IS LEARNER", "RAFT TERM", "RAFT INDEX",
        "RAFT APPLIED INDEX", "ERRORS",
    ];

    public static Printout Status(IReadOnlyList<EndpointAnswer<StatusResponse>> answers) => new()
    {
        Simple = text => answers.ToList().ForEach(answer => text.Line(string.Join(", ", StatusRow(answer)))),
        Table = () => FramedTable.Draw(StatusTitles, [.. answers.Select(StatusRow)]),
        Json = () => GoJson.Array(answers.Select(answer => Named(answer, "Status"))),
        Fields = text => answers.ToList().ForEach(answer => StatusFields(text, answer)),
    };

    /// <summary>The line of the simple form.</summary>
    public static string HealthLine(EndpointHealth health) => health.IsHealthy
        ? $"{health.Endpoint} is healthy: successfully committed proposal: took = {GoDuration.Format(health.Took)}"
        : $"{health.Endpoint} is unhealthy: failed to commit proposal: {health.Error}";

    public static Printout Health(IReadOnlyList<EndpointHealth> answers) => new()
    {
        Table = () => FramedTable.Draw(["ENDPOINT", "HEALTH", "TOOK", "ERROR"], [.. answers.Select(answer => new[]
        {
            answer.Endpoint, Text(answer.IsHealthy), GoDuration.Format(answer.Took), answer.Error,
        })]),
        Json = () => GoJson.Array(answers.Select(answer => GoJson.Object(
        [
            ("endpoint", GoJson.Quote(answer.Endpoint)),
            ("health", Text(answer.IsHealthy)),
            ("took", GoJson.Quote(GoDuration.Format(answer.Took))),
            .. answer.IsHealthy ? Array.Empty<(string, string)>() : [("error", GoJson.Quote(answer.Error))],
        ]))),
        Fields = text =>
        {
            foreach (var answer in answers)
            {
                text.Field("Endpoint", answer.Endpoint);
                text.Field("Health", answer.IsHealthy);
                text.Line($"\"Took\" : {GoDuration.Format(answer.Took)}");
                text.Line($"\"Error\" : {answer.Error}");
                text.Line("");
            }
        },
    };

    public static Printout Hash(IReadOnlyList<EndpointAnswer<HashKVResponse>> answers) => new()
    {
        Simple = text => answers.ToList().ForEach(answer => text.Line($"{answer.Endpoint}, {answer.Answer.Hash}")),
        Table = () => FramedTable.Draw(["ENDPOINT", "HASH"], [.. answers.Select(answer => new[]
        {
            answer.Endpoint, answer.Answer.Hash.ToString(CultureInfo.InvariantCulture),
        })]),
        Json = () => GoJson.Array(answers.Select(answer => Named(answer, "HashKV"))),
        Fields = text =>
        {
            foreach (var answer in answers)
            {
                text.Header(answer.Answer.Header);
                text.Field("Endpoint", answer.Endpoint);
                text.Field("Hash", answer.Answer.Hash);
                text.Line("");
            }
        },
    };

    private static string[] StatusRow(EndpointAnswer<StatusResponse> answer)
    {
        var status = answer.Answer;
        return
        [
            answer.Endpoint,
            GoText.Id(status.Header.MemberId),
            status.Version,
            GoText.Size(status.DbSize),
            Text(status.Leader == status.Header.MemberId),
            Text(status.IsLearner),
            $"{status.RaftTerm}",
            $"{status.RaftIndex}",
            $"{status.RaftAppliedIndex}",
            string.Join(", ", status.Errors),
        ];
    }

    private static void StatusFields(OutputText text, EndpointAnswer<StatusResponse> answer)
    {
        var status = answer.Answer;
        text.Header(status.Header);
        text.Field("Version", status.Version);
        text.Field("DBSize", status.DbSize);
        text.Field("Leader", status.Leader);
        text.Field("IsLearner", status.IsLearner);
        text.Field("RaftIndex", status.RaftIndex);
        text.Field("RaftTerm", status.RaftTerm);
        text.Field("RaftAppliedIndex", status.RaftAppliedIndex);
        text.Line($"\"Errors\" : [{string.Join(' ', status.Errors)}]");
        text.Field("Endpoint", answer.Endpoint);
        text.Line("");
    }

    private static string Named<T>(EndpointAnswer<T> answer, string name)
        where T : IMessage =>
        GoJson.Object([("Endpoint", GoJson.Quote(answer.Endpoint)), (name, GoJson.Of(answer.Answer))]);

    private static string Text(bool value) => value ? "true" : "false";
}
