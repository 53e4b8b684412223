using System.Runtime.CompilerServices;
using FluentAssertions.Formatting;
using Sync.Raft.Log;
using Sync.Raft.Messages;
using Sync.Raft.Tests.Cluster;

namespace Sync.Raft.Tests;

/// <summary>Shows positions, terms, entries and messages in failures as a person reads them.</summary>
internal sealed class ValueText : IValueFormatter
{
    [ModuleInitializer]
    internal static void Register() => Formatter.AddFormatter(new ValueText());

    public bool CanHandle(object value) => value is LogIndex or Term or MemberId or Entry or Message;

    public void Format(
        object value, FormattedObjectGraph formattedGraph, FormattingContext context,
        FormatChild formatChild) =>
        formattedGraph.AddFragment(value switch
        {
            Entry entry => TraceText.Of(entry),
            Message message => TraceText.Of(message),
            _ => $"{value}",
        });
}
