using Sync.Mvcc.Commands;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Leases;
using static Sync.Mvcc.Tests.Model.Requests;

namespace Sync.Mvcc.Tests.Commands;

public sealed class CommandValidationTests
{
    [Fact]
    public void An_empty_key_is_refused_everywhere()
    {
        Check(Put("", "v")).Should().Be(StoreError.EmptyKey);
        Check(Delete("")).Should().Be(StoreError.EmptyKey);
        Check(Range("")).Should().Be(StoreError.EmptyKey);
        Check(Txn([VersionIs("", 0)])).Should().Be(StoreError.EmptyKey);
        Check(Txn(otherwise: [Put("", "v")])).Should().Be(StoreError.EmptyKey);
        Check(Txn(then: [Txn(then: [Range("")])])).Should().Be(StoreError.EmptyKey);
    }

    [Fact]
    public void A_put_that_keeps_a_part_must_not_give_it()
    {
        Check(Put("k", "v") with { KeepValue = true }).Should().Be(StoreError.ValueProvided);
        Check(Put("k", "") with { KeepLease = true, Lease = new(1) }).Should().Be(StoreError.LeaseProvided);
        Check(Put("k", "v") with { KeepValue = true, KeepLease = true, Lease = new(1) }).Should().Be(StoreError.ValueProvided);
        Check(Put("k", "") with { KeepValue = true, Lease = new(1) }).Should().BeNull();
        Check(Put("k", "v") with { KeepLease = true }).Should().BeNull();
    }

    [Theory]
    [InlineData(0, 9)]
    [InlineData(3, 0)]
    [InlineData(-1, 0)]
    [InlineData(0, 5)]
    [InlineData(0, -1)]
    public void An_unknown_sort_is_refused(int order, int target)
    {
        var query = new RangeQuery(KeyRange.All) { Order = (SortOrder)order, Target = (SortTarget)target };
        var view = new Keyspace(new KeyspaceSettings(), new MemoryChangeStore()).View;

        Check(new RangeOperation(query)).Should().Be(StoreError.InvalidSortOption);
        Check(Txn(then: [new RangeOperation(query)])).Should().Be(StoreError.InvalidSortOption);
        view.Range(query).Error.Should().Be(StoreError.InvalidSortOption);
    }

    [Fact]
    public void An_empty_operation_is_a_key_not_found() =>
        Check(Txn(then: [new EmptyOperation()])).Should().Be(StoreError.KeyNotFound);

    [Fact]
    public void Each_list_may_have_as_many_parts_as_the_limit()
    {
        Check(Txn(Compares(128), Puts(128), Puts(128))).Should().BeNull();
        Check(Txn(Compares(129))).Should().Be(StoreError.TooManyOperations);
        Check(Txn(then: Puts(129))).Should().Be(StoreError.TooManyOperations);
        Check(Txn(otherwise: Puts(129))).Should().Be(StoreError.TooManyOperations);
        CommandValidation.Check(Txn(then: Puts(3)), operationsMax: 2).Should().Be(StoreError.TooManyOperations);
    }

    [Fact]
    public void A_nested_transaction_may_use_what_its_parents_longest_list_leaves()
    {
        Check(Txn(Compares(28), [Txn(then: Puts(100))])).Should().BeNull();
        Check(Txn(Compares(28), [Txn(then: Puts(101))])).Should().Be(StoreError.TooManyOperations);
        Check(Txn(then: [Txn(Compares(100), [Txn(then: Puts(27))])])).Should().BeNull();
        Check(Txn(then: [Txn(Compares(100), [Txn(then: Puts(28))])])).Should().Be(StoreError.TooManyOperations);
    }

    [Fact]
    public void The_number_of_operations_is_looked_at_before_keys_and_keys_before_duplicates()
    {
        Check(Txn(Compares(129), [Put("", "")])).Should().Be(StoreError.TooManyOperations);
        Check(Txn(then: [Put("k", ""), Put("k", ""), Put("", "")])).Should().Be(StoreError.EmptyKey);
        Check(Txn(then: [Put("k", ""), Put("k", "")], otherwise: [Put("", "")])).Should().Be(StoreError.EmptyKey);
    }

    [Fact]
    public void A_key_is_put_once_in_a_list()
    {
        Check(Txn(then: [Put("k", ""), Put("k", "")])).Should().Be(StoreError.DuplicateKey);
        Check(Txn(otherwise: [Put("k", ""), Put("k", "")])).Should().Be(StoreError.DuplicateKey);
        Check(Txn(then: [Put("k", "")], otherwise: [Put("k", "")])).Should().BeNull("only one of them runs");
    }

    [Fact]
    public void A_put_inside_a_deleted_interval_is_a_duplicate()
    {
        Check(Txn(then: [Put("ab", ""), DeletePrefix("a")])).Should().Be(StoreError.DuplicateKey);
        Check(Txn(then: [DeletePrefix("a"), Put("ab", "")])).Should().Be(StoreError.DuplicateKey);
        Check(Txn(then: [Delete("k"), Put("k", "")])).Should().Be(StoreError.DuplicateKey);
        Check(Txn(then: [DeletePrefix("a"), Delete("ab"), Put("b", "")])).Should().BeNull("deletes may overlap");
    }

    [Fact]
    public void Duplicates_are_found_through_nested_transactions()
    {
        Check(Txn(then: [Put("k", ""), Txn(then: [Put("k", "")])])).Should().Be(StoreError.DuplicateKey);
        Check(Txn(then: [Put("k", ""), Txn(otherwise: [Delete("k")])])).Should().Be(StoreError.DuplicateKey);
        Check(Txn(then: [Delete("k"), Txn(then: [Put("k", "")])])).Should().Be(StoreError.DuplicateKey);
        Check(Txn(then: [Txn(then: [Put("k", "")]), Txn(otherwise: [Put("k", "")])])).Should().Be(StoreError.DuplicateKey);
        Check(Txn(then: [Txn(then: [Delete("k")]), Txn(then: [Put("k", "")])])).Should().Be(StoreError.DuplicateKey);
        Check(Txn(then: [Txn(then: [Put("k", ""), Put("k", "")])])).Should().Be(StoreError.DuplicateKey);
    }

    [Fact]
    public void The_lists_of_a_nested_transaction_exclude_each_other()
    {
        Check(Txn(then: [Txn(then: [Put("k", "")], otherwise: [Put("k", "")])])).Should().BeNull();
        Check(Txn(then: [Txn(then: [Put("k", "")], otherwise: [Delete("k")])])).Should().BeNull();
    }

    [Fact]
    public void A_nested_put_may_be_deleted_by_a_later_nested_transaction() =>
        Check(Txn(then: [Txn(then: [Put("k", "")]), Txn(then: [Delete("k")])])).Should().BeNull();

    [Fact]
    public void Transactions_nested_beyond_the_limit_are_refused()
    {
        var txn = Txn();
        for (var depth = 0; depth < CommandValidation.DepthMax; depth++)
        {
            txn = Txn(then: [txn]);
        }

        CommandValidation.Check(txn, operationsMax: 10_000).Should().Be(StoreError.TooManyOperations);
        CommandValidation.Check(txn.Success[0], operationsMax: 10_000).Should().BeNull();
    }

    [Fact]
    public void A_time_to_live_has_its_limit()
    {
        Check(new LeaseGrantCommand(new(1), LeaseTtl.Longest)).Should().BeNull();
        Check(new LeaseGrantCommand(new(1), LeaseTtl.Longest + 1)).Should().Be(StoreError.LeaseTtlTooLarge);
    }

    private static StoreError? Check(Command command) => CommandValidation.Check(command);

    private static Transactions.Compare[] Compares(int count) =>
        [.. Enumerable.Range(0, count).Select(number => VersionIs($"{number}", 0))];

    private static Operation[] Puts(int count) =>
        [.. Enumerable.Range(0, count).Select(number => Put($"{number}", ""))];
}
