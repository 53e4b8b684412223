using System.Globalization;
using Sync.Templates.Diagnostics;
using Sync.Templates.Functions;
using Sync.Templates.GoText.Syntax;
using Sync.Templates.Values;

namespace Sync.Templates.GoText.Evaluation;

/// <summary>Evaluates pipelines, commands, fields and calls.</summary>
internal sealed class Operands(Evaluator evaluator, RenderScope scope)
{
    private ValueStack Stack => evaluator.Stack;

    /// <summary>The value of a pipeline; variables it declares or assigns have it too.</summary>
    public Value Pipeline(PipeNode pipe, in Value dot)
    {
        if (!StackRoom.IsLeft)
        {
            throw evaluator.Fail("pipelines are nested too deeply for this thread");
        }

        evaluator.Node = pipe;
        var value = Command(pipe.Commands[0], dot, hasFinal: false, default);
        value = WithoutAny(value);
        for (var stage = 1; stage < pipe.Commands.Count; stage++)
        {
            value = WithoutAny(Command(pipe.Commands[stage], dot, hasFinal: true, value));
        }

        foreach (var variable in pipe.Declarations)
        {
            evaluator.Variable(variable) = value;
        }

        return value;
    }

    private static Value WithoutAny(in Value value) => value.Slot == Slot.Any ? value.WithoutInterface() : value;

    /// <param name="command">The command.</param>
    /// <param name="dot">The cursor.</param>
    /// <param name="hasFinal">Whether a value comes through the pipe.</param>
    /// <param name="final">That value.</param>
    private Value Command(CommandNode command, in Value dot, bool hasFinal, in Value final)
    {
        var word = command.Words[0];
        switch (word)
        {
            case FieldNode fields:
                evaluator.Node = fields;
                return Fields(dot, fields, fields.Names, 0, new Arguments(command.Words, hasFinal), dot, final);
            case ChainNode chain:
                return Chain(chain, dot, new Arguments(command.Words, hasFinal), final);
            case FunctionNode function:
                evaluator.Node = function;
                return Call(function.Function, command, new Arguments(command.Words, hasFinal), dot, final, default);
            case PipeNode pipe:
                RefuseArguments(command, hasFinal);
                return Pipeline(pipe, dot);
            case VariableNode variable:
                return Variable(variable, dot, new Arguments(command.Words, hasFinal), final);
        }

        evaluator.Node = word;
        RefuseArguments(command, hasFinal);
        return word switch
        {
            DotNode => dot,
            NilNode => throw evaluator.Fail("nil is not a command"),
            _ => Constant(word),
        };
    }

    private void RefuseArguments(CommandNode command, bool hasFinal)
    {
        if (command.Words.Count > 1 || hasFinal)
        {
            throw evaluator.Fail($"can't give argument to non-function {command.Words[0]}");
        }
    }

    private Value Constant(Expression constant)
    {
        evaluator.Node = constant;
        return constant switch
        {
            BoolNode boolean => boolean.Value,
            StringNode text => text.Value,
            NumberNode number => Ideal(number.Literal),
            _ => throw evaluator.Fail($"can't evaluate command {Formatting.QuotedText.Quote(constant.ToString())}"),
        };
    }

    private Value Ideal(NumberLiteral literal)
    {
        if (literal.Complex is { } complex)
        {
            return Value.OfReference(GoType.Complex128, complex);
        }

        if (literal.IsIdealFloat)
        {
            return Value.Of(literal.Float.GetValueOrDefault());
        }

        return literal.Int is { } integer
            ? Value.Of(integer)
            : throw evaluator.Fail($"{literal.Text} overflows int");
    }

    private Value Chain(ChainNode chain, in Value dot, Arguments arguments, in Value final)
    {
        evaluator.Node = chain;
        if (chain.Term is NilNode)
        {
            throw evaluator.Fail($"indirection through explicit nil in {chain}");
        }

        var receiver = Argument(chain.Term, GoType.Any, dot, isChecked: false);
        return Fields(receiver, chain, chain.Names, 0, arguments, dot, final);
    }

    private Value Variable(VariableNode variable, in Value dot, Arguments arguments, in Value final)
    {
        evaluator.Node = variable;
        var value = evaluator.Variable(variable);
        if (variable.Names.Count > 0)
        {
            return Fields(value, variable, variable.Names, 0, arguments, dot, final);
        }

        if (arguments.Any)
        {
            throw evaluator.Fail($"can't give argument to non-function {variable}");
        }

        return value;
    }

    // The last field gets the arguments, in case it is a method.
    private Value Fields(Value receiver, Node node, IReadOnlyList<FieldName> names, int first, Arguments arguments,
        in Value dot, in Value final)
    {
        for (var index = first; index < names.Count - 1; index++)
        {
            receiver = Field(receiver, node, names[index], default, dot, default);
        }

        return Field(receiver, node, names[^1], arguments, dot, final);
    }

    private Value Field(in Value holder, Node node, FieldName name, Arguments arguments, in Value dot, in Value final)
    {
        if (!holder.IsValid)
        {
            return scope.Options.MissingKey == MissingKey.Error
                ? throw evaluator.Fail($"nil data; no entry for key {name.Quoted}")
                : default;
        }

        var receiver = holder.Indirect(out var isNil);
        if (isNil && receiver.Kind == Kind.Interface)
        {
            throw evaluator.Fail($"nil pointer evaluating {holder.Type.Name}.{name.Text}");
        }

        if (Methods.Find(receiver, name.Text) is { } method)
        {
            return Call(method, node, arguments, dot, final, receiver);
        }

        if (isNil && receiver.DynamicType?.Element is { } element && Methods.Has(element, name.Text))
        {
            evaluator.Node = node;
            throw evaluator.Fail($"error calling {name.Text}: value method {element.Name}.{name.Text} called using nil "
                + $"*{element.Name[(element.Name.LastIndexOf('.') + 1)..]} pointer");
        }

        switch (receiver.Kind)
        {
            case Kind.Struct:
                if (StructField(receiver, holder, name, arguments) is { } member)
                {
                    return member;
                }

                break;
            case Kind.Map when receiver.DynamicType is { } type && GoType.String.IsAssignableTo(type.Key ?? GoType.Any):
                return Entry(receiver, type, name, arguments);
            case Kind.Pointer when isNil && !(receiver.DynamicType?.Element is { Kind: Kind.Struct } target
                && IndexOf(target, name.Text) < 0):
                throw evaluator.Fail($"nil pointer evaluating {holder.Type.Name}.{name.Text}");
        }

        throw evaluator.Fail($"can't evaluate field {name.Text} in type {holder.Type.Name}");
    }

    private Value? StructField(in Value receiver, in Value holder, FieldName name, Arguments arguments)
    {
        if (receiver.DynamicType is not { } type || IndexOf(type, name.Text) is not (>= 0 and var index))
        {
            return null;
        }

        if (!type.Fields[index].IsExported)
        {
            throw evaluator.Fail($"{name.Text} is an unexported field of struct type {holder.Type.Name}");
        }

        return arguments.Any
            ? throw evaluator.Fail($"{name.Text} has arguments but cannot be invoked as function")
            : receiver.Fields[index];
    }

    private Value Entry(in Value receiver, GoType type, FieldName name, Arguments arguments)
    {
        if (arguments.Any)
        {
            throw evaluator.Fail($"{name.Text} is not a method but has arguments");
        }

        var element = type.Key is { Kind: Kind.Interface }
            ? receiver.Map.Find(Value.Of(name.Bytes))
            : receiver.Map.Find(name.Bytes);
        if (element.IsValid)
        {
            return element;
        }

        return scope.Options.MissingKey switch
        {
            MissingKey.Default => default,
            MissingKey.Zero => Value.Zero(type.Element ?? GoType.Any),
            MissingKey.Error => throw evaluator.Fail($"map has no entry for key {name.Quoted}"),
        };
    }

    private static int IndexOf(GoType type, string name)
    {
        for (var index = 0; index < type.Fields.Count; index++)
        {
            if (type.Fields[index].Name == name)
            {
                return index;
            }
        }

        return -1;
    }

    private Value Call(Function function, Node node, Arguments arguments, in Value dot, in Value final, in Value receiver)
    {
        var type = function.Type;
        var given = arguments.Count;
        var total = given + (arguments.HasFinal ? 1 : 0);
        var parameters = type.Parameters;
        if (type.IsVariadic && total < parameters.Count - 1)
        {
            throw evaluator.Fail(string.Create(CultureInfo.InvariantCulture,
                $"wrong number of args for {function.Name}: want at least {parameters.Count - 1} got {given}"));
        }

        if (!type.IsVariadic && total != parameters.Count)
        {
            throw evaluator.Fail(string.Create(CultureInfo.InvariantCulture,
                $"wrong number of args for {function.Name}: want {parameters.Count} got {total}"));
        }

        if (function.ResultCount != 1)
        {
            throw evaluator.Fail(string.Create(CultureInfo.InvariantCulture,
                $"can't call method/function {Formatting.QuotedText.Quote(function.Name)} with {function.ResultCount} results"));
        }

        if (function.ShortCircuit != ShortCircuit.None)
        {
            return Decide(function, arguments, dot, final);
        }

        var offset = receiver.IsValid ? 1 : 0;
        var start = Stack.Push(total + offset);
        if (offset > 0)
        {
            Stack[start] = receiver;
        }

        for (var index = 0; index < given; index++)
        {
            var parameter = parameters[Math.Min(index, parameters.Count - 1)];
            var argument = Argument(arguments[index], parameter, dot, isChecked: true);
            Stack[start + offset + index] = Passed(argument, parameter);
        }

        if (arguments.HasFinal)
        {
            var parameter = parameters[Math.Min(total - 1, parameters.Count - 1)];
            Stack[start + offset + total - 1] = Passed(Check(final, parameter), parameter);
        }

        string message;
        try
        {
            var result = function.Body(scope, Stack.Span(start, total + offset));
            Stack.Pop(start);
            return ReferenceEquals(type.Result, GoType.Any) ? result.In(Slot.Any) : result;
        }
        catch (Exception failure) when (failure is not (ExecutionException or LimitException))
        {
            // Whatever a function or the host behind it throws fails this render, and never the program around it.
            message = failure.Message;
        }

        evaluator.Node = node;
        throw evaluator.Fail($"error calling {function.Name}: {message}");
    }

    private static Value Passed(in Value argument, GoType parameter) =>
        ReferenceEquals(parameter, GoType.Unchecked) ? argument : argument.WithoutInterface();

    private Value Decide(Function function, Arguments arguments, in Value dot, in Value final)
    {
        var value = default(Value);
        for (var index = 0; index < arguments.Count; index++)
        {
            value = Argument(arguments[index], GoType.Unchecked, dot, isChecked: true);
            if (value.IsTrue == (function.ShortCircuit == ShortCircuit.Or))
            {
                return value;
            }
        }

        return arguments.HasFinal ? final : value;
    }

    /// <summary>Evaluates an argument for a parameter.</summary>
    /// <param name="node">The argument.</param>
    /// <param name="parameter">The parameter's type.</param>
    /// <param name="dot">The cursor.</param>
    /// <param name="isChecked">False when anything may come, as before a field.</param>
    private Value Argument(Expression node, GoType parameter, in Value dot, bool isChecked)
    {
        evaluator.Node = node;
        switch (node)
        {
            case DotNode:
                return isChecked ? Check(dot, parameter) : dot;
            case NilNode:
                return parameter.Kind.CanBeNil || ReferenceEquals(parameter, GoType.Unchecked)
                    ? Value.Zero(parameter)
                    : throw evaluator.Fail($"cannot assign nil to {parameter.Name}");
            case FieldNode fields:
                return Checked(Fields(dot, fields, fields.Names, 0, default, dot, default), parameter, isChecked);
            case VariableNode variable:
                return Checked(Variable(variable, dot, default, default), parameter, isChecked);
            case PipeNode pipe:
                return Checked(Pipeline(pipe, dot), parameter, isChecked);
            case FunctionNode function:
                return Checked(Call(function.Function, function, default, dot, default, default), parameter, isChecked);
            case ChainNode chain:
                return Checked(Chain(chain, dot, default, default), parameter, isChecked);
        }

        return parameter.Kind switch
        {
            Kind.Bool => node is BoolNode boolean
                ? boolean.Value
                : throw evaluator.Fail($"expected bool; found {node}"),
            Kind.String => node is StringNode text
                ? text.Value
                : throw evaluator.Fail($"expected string; found {node}"),
            Kind.Complex64 or Kind.Complex128 => node is NumberNode { Literal.Complex: { } complex }
                ? Value.OfReference(parameter, complex)
                : throw evaluator.Fail($"expected complex; found {node}"),
            Kind.Interface when parameter.Slot == Slot.Any => Constant(node),
            Kind.Struct when ReferenceEquals(parameter, GoType.Unchecked) => Constant(node),
            var kind when kind.IsFloat => node is NumberNode { Literal.Float: { } number }
                ? Value.OfFloat(parameter, number)
                : throw evaluator.Fail($"expected float; found {node}"),
            var kind when kind.IsSigned => node is NumberNode { Literal.Int: { } integer }
                ? Value.OfBits(parameter, Conversion.Wrap(integer, kind))
                : throw evaluator.Fail($"expected integer; found {node}"),
            var kind when kind.IsUnsigned => node is NumberNode { Literal.Uint: { } unsigned }
                ? Value.OfBits(parameter, Conversion.Wrap(unchecked((long)unsigned), kind))
                : throw evaluator.Fail($"expected unsigned integer; found {node}"),
            _ => throw evaluator.Fail($"can't handle {node} for arg of type {parameter.Name}"),
        };
    }

    private Value Checked(in Value value, GoType parameter, bool isChecked) =>
        isChecked ? Check(value, parameter) : value;

    // Lets a value through to a parameter; one indirection is undone on the way.
    private Value Check(in Value value, GoType parameter)
    {
        if (ReferenceEquals(parameter, GoType.Unchecked))
        {
            return value;
        }

        if (!value.IsValid)
        {
            return parameter.Kind.CanBeNil
                ? Value.Zero(parameter)
                : throw evaluator.Fail($"invalid value; expected {parameter.Name}");
        }

        if (value.Type.IsAssignableTo(parameter))
        {
            return value;
        }

        var inner = value;
        if (value.Kind == Kind.Interface && !value.IsNil)
        {
            inner = value.WithoutInterface();
            if (inner.Type.IsAssignableTo(parameter))
            {
                return inner;
            }
        }

        if (inner.Kind == Kind.Pointer && inner.Type.Element is { } element && element.IsAssignableTo(parameter))
        {
            return inner.IsNil
                ? throw evaluator.Fail($"dereference of nil pointer of type {parameter.Name}")
                : inner.Pointed();
        }

        throw evaluator.Fail($"wrong type for value; expected {parameter.Name}; got {inner.Type.Name}");
    }
}
