using Sync.Etcd.Client.Mirroring;

namespace Sync.Etcd.Client.Tests.Mirroring;

public sealed class ProgressQuestionTests
{
    [Fact]
    public void The_first_answer_holds_once_the_second_came()
    {
        var question = new ProgressQuestion(isAnsweredInOrder: false);
        question.Ask();

        question.Answer(7).Should().BeNull();
        question.IsOpen.Should().BeTrue("it must be put once more");
        question.Ask();

        question.Answer(9).Should().Be(7);
        question.IsOpen.Should().BeFalse();
    }

    [Fact]
    public void A_server_that_answers_in_order_is_asked_once()
    {
        var question = new ProgressQuestion(isAnsweredInOrder: true);
        question.Ask();

        question.Answer(7).Should().Be(7);
        question.IsOpen.Should().BeFalse();
        question.Answer(9).Should().BeNull("nobody asked again");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_answer_nobody_asked_for_says_nothing(bool isAnsweredInOrder)
    {
        new ProgressQuestion(isAnsweredInOrder).Answer(7).Should().BeNull();
    }

    [Theory]
    [InlineData("3.4.23", false)]
    [InlineData("3.4.25", true)]
    [InlineData("3.4.30", true)]
    [InlineData("3.5.0", false)]
    [InlineData("3.5.7", false)]
    [InlineData("3.5.8", true)]
    [InlineData("3.6.0", true)]
    [InlineData("3.6.0-rc.1", true)]
    [InlineData("4.0.0", true)]
    [InlineData("3.3.27", false)]
    [InlineData("3.6", false)]
    [InlineData("", false)]
    [InlineData("unknown", false)]
    public void Versions_before_the_order_was_kept_are_asked_twice(string version, bool expected) =>
        ProgressQuestion.IsAnsweredInOrder(version).Should().Be(expected);
}
