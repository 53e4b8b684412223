namespace Sync.Store.Ctl.Options;

/// <summary>What a command reads and writes.</summary>
/// <param name="Input">Standard input, as text.</param>
/// <param name="Output">Standard output, as bytes: keys and values need not be text.</param>
/// <param name="Error">Standard error.</param>
/// <param name="Variables">The environment, of which <c>ETCDCTL_*</c> count.</param>
internal sealed record Terminal(
    TextReader Input, Stream Output, TextWriter Error, IReadOnlyDictionary<string, string> Variables);
