using Sync.Etcd.Client.Mirroring;

namespace Sync.Etcd.Client.Tests.Mirroring;

public sealed class ProgressQuestionTests
{
    [Fact]
    public void The_first_answer_holds_once_the_second_came()
    {
        var question = new ProgressQuestion();
        question.Ask();

        question.Answer(7).Should().BeNull();
        question.IsOpen.Should().BeTrue("it must be put once more");
        question.Ask();

        question.Answer(9).Should().Be(7);
        question.IsOpen.Should().BeFalse();
    }

    [Fact]
    public void An_answer_nobody_asked_for_says_nothing()
    {
        new ProgressQuestion().Answer(7).Should().BeNull();
    }
}
