using CsCheck;
using Sync.Templates.Diagnostics;
using Sync.Templates.Functions;
using Sync.Templates.Keys;
using Sync.Templates.Tests.Limits;
using Sync.Templates.Time;
using Sync.Templates.Values;

namespace Sync.Templates.Tests.Functions;

/// <summary>Functions given anything that their parameters let through.</summary>
public sealed class FunctionFuzzTests
{
    private static readonly TemplateOptions Tight = new()
    {
        Limits = new RenderLimits { LoopIterationsMax = 2_000, OutputBytesMax = 100_000, Duration = TimeSpan.FromSeconds(10) },
    };

    private static readonly KeySnapshot Keys = Rendered.KeysOf(("/a", "1"), ("/a/b", "x"), ("/j", "{}"), ("/e", ""));

    private static readonly string[] Texts =
    [
        "", "/", "/a", "a", "/a/*", "[", "0", "-1", "9223372036854775808", "1.5", "1e400", "%", "%v%d", "\0", "é", "\uFFFD", "{}", "[1]", "{", "a: 1",
        "(", "(a|b)*", "http://[", "%zz", "1.2.3-x", ">1", "10.0.0.0/8", "::/0", "10m", "true", "2006-01-02", "a/b", "..", "aGk=", "=", "\n\n", "a = 1",
    ];

    private static readonly long[] Integers = [0, 1, -1, 2, 63, 1_000, int.MaxValue, int.MinValue, (long)int.MaxValue + 1, long.MaxValue, long.MinValue];
    private static readonly double[] Floats = [0, -0.0, 1.5, -1, 1e18, 1e308, double.NaN, double.PositiveInfinity, double.Epsilon];

    [Theory]
    [InlineData(FunctionSet.Confd)]
    [InlineData(FunctionSet.Yunify)]
    [InlineData(FunctionSet.Abtreece)]
    [InlineData(FunctionSet.ConsulTemplate)]
    public void A_function_gives_a_value_or_refuses_in_its_own_words(FunctionSet set)
    {
        var functions = FunctionTable.For(set);
        var all = functions.Values.ToArray();

        Gen.Select(Gen.Int[0, all.Length - 1], Gen.Int[0, 3], Gen.Int).Sample((index, extra, seed) =>
        {
            var function = all[index];
            var random = new Random(seed);
            var parameters = function.Type.Parameters;
            var count = function.Type.IsVariadic ? parameters.Count - 1 + extra : parameters.Count;
            var arguments = Enumerable.Range(0, count)
                .Select(place => ArgumentFor(parameters[Math.Min(place, parameters.Count - 1)], random)).ToArray();
            using var scope = new RenderScope(
                new RenderInput { Keys = Keys, Host = Rendered.Host }, Tight with { Functions = set }, functions, CancellationToken.None);
            try
            {
                // And and or never see fewer than one.
                if (count > 0 || function.ShortCircuit == ShortCircuit.None)
                {
                    function.Body(scope, arguments);
                }
            }
            catch (Exception refusal) when (refusal is FunctionException or LimitException)
            {
                // A refusal, as it should be.
            }
        }, time: FuzzDuration.Seconds);
    }

    private static Value ArgumentFor(GoType parameter, Random random)
    {
        var candidates = AnyOf(random).Where(value => ReferenceEquals(parameter, GoType.Unchecked)
            || (value.IsValid ? value.Type.IsAssignableTo(parameter) : parameter.Kind.CanBeNil)).ToList();
        return candidates.Count > 0 ? candidates[random.Next(candidates.Count)].WithoutInterface() : Value.Zero(parameter);
    }

    private static Value[] AnyOf(Random random)
    {
        T Pick<T>(T[] values) => values[random.Next(values.Length)];
        var (text, number) = (Value.Of(Pick(Texts)), Value.Of(Pick(Integers)));
        var list = Value.OfList([text, number, default, Value.Of(Pick(Floats))]);
        var map = Value.OfMap([new("a"u8.ToArray(), text), new("b/c"u8.ToArray(), number), new(""u8.ToArray(), list)]);
        return
        [
            text, number, list, map, default, Value.NilInterface, Value.Of(Pick(Floats)), Value.True, Value.False,
            Value.OfBits(GoType.Int64, Pick(Integers)), Value.OfBits(GoType.Uint64, Pick(Integers)), Value.OfBits(GoType.Uint8, 7),
            Value.OfStrings([text.String, "b"u8.ToArray()]), Value.OfReference(GoType.Strings, null), Value.OfReference(GoType.Map, null),
            Value.OfReference(GoType.Ints, new ListValue([number, Value.Of(3L)])), Value.OfReference(GoType.Bytes, new ListValue([Value.OfBits(GoType.Uint8, 9)])),
            Value.OfReference(GoType.KeyValue, new[] { text, text }),
            Value.OfReference(GoType.KeyValueSlice, new ListValue([Value.OfReference(GoType.KeyValue, new[] { text, text })])),
            Value.OfReference(GoType.Time, Pick([TimeValue.Zero, new TimeValue(Pick(Integers), 5, 3_600, TimeLocation.Utc)])),
            Value.OfError("x"),
        ];
    }
}
