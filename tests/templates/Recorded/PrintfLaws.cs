using System.Text.Json;
using CsCheck;
using Sync.Templates.Formatting;
using Sync.Templates.GoText;
using Sync.Templates.Values;

namespace Sync.Templates.Tests.Recorded;

/// <summary>Laws of <c>printf</c> over what Go printed for one directive at a time.</summary>
public sealed class PrintfLaws
{
    // One value under one directive, whose output says nothing of values that are missing or left over.
    private static readonly Recording[] Single =
    [
        .. Corpus.Go.Concat(Corpus.More).Where(recorded => Corpus.Text(recorded, "group") is "printf" or "printf-int"
                or "printf-float" or "printf-string" or "printf-composite").Select(Read).OfType<Recording>(),
    ];

    [Fact]
    public void Joined_formats_print_what_each_prints_alone()
    {
        Single.Length.Should().BeGreaterThan(1_500);

        Gen.Int[0, Single.Length - 1].Array[0, 6].Sample(
            choice => Print([.. choice.SelectMany(index => Single[index].Format)], [.. choice.Select(index => Single[index].Argument)])
                .AsSpan().SequenceEqual(choice.SelectMany(index => Single[index].Output).ToArray()),
            iter: 20_000);
    }

    [Fact]
    public void Arguments_named_by_their_places_print_as_in_order()
    {
        Gen.Int[0, Single.Length - 1].Array[1, 5].Sample(
            choice =>
            {
                var formats = choice.Select((index, place) => WithPlace(Single[index].Format, choice.Length - place));
                var arguments = choice.Reverse().Select(index => Single[index].Argument).ToArray();
                return Print([.. formats.SelectMany(format => format)], arguments)
                    .AsSpan().SequenceEqual(choice.SelectMany(index => Single[index].Output).ToArray());
            },
            iter: 20_000);
    }

    private static byte[] Print(byte[] format, Value[] arguments)
    {
        using var text = new TextBuffer(int.MaxValue);
        Directives.Print(text, format, arguments);
        return text.ToArray();
    }

    // %5.1f becomes %5.1[2]f: the place stands right before the verb.
    private static byte[] WithPlace(ReadOnlySpan<byte> format, int place)
    {
        var verb = format.IndexOf((byte)'%') + 1;
        verb += Leading(format[verb..], "+-# 0"u8);
        verb += Leading(format[verb..], "0123456789"u8);
        if (format[verb] == '.')
        {
            verb += 1 + Leading(format[(verb + 1)..], "0123456789"u8);
        }

        return [.. format[..verb], .. System.Text.Encoding.ASCII.GetBytes($"[{place}]"), .. format[verb..]];
    }

    private static int Leading(ReadOnlySpan<byte> text, ReadOnlySpan<byte> symbols) =>
        text.IndexOfAnyExcept(symbols) is var length and >= 0 ? length : text.Length;

    private static Recording? Read(JsonElement recorded)
    {
        const string Before = "{{printf ";
        const string After = " .}}";
        var template = Corpus.Bytes(recorded, "template");
        var output = Corpus.Bytes(recorded, "output");
        var text = System.Text.Encoding.Latin1.GetString(template ?? []);
        if (output is null || Corpus.Text(recorded, "error") is not null || !recorded.TryGetProperty("data", out var data)
            || !text.StartsWith(Before, StringComparison.Ordinal) || !text.EndsWith(After, StringComparison.Ordinal)
            || StringLiteral.Unquote(template.AsSpan(Before.Length..^After.Length)) is not { } format
            || format.Count(symbol => symbol == '%') != 1 || format.Skip(1).Contains((byte)'[') || format.Contains((byte)'*')
            || output.AsSpan().IndexOf("%!"u8) >= 0)
        {
            return null;
        }

        return new Recording(format, RecordedValue.Read(data), output);
    }

    private sealed record Recording(byte[] Format, Value Argument, byte[] Output);
}
