using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Domain;

namespace Workers.Tests.Domain;

/// <summary>Whatever was done last is taken back to what was there before.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class UndoPropertyTests
{
    [FsCheck.NUnit.Property(MaxTest = 500)]
    public Property The_last_update_of_a_product_undone_leaves_what_was_before()
    {
        var text = Gen.Elements<string?>(null, "a", "b", "c");
        var update = from sku in text
                     from category in text
                     from description in text
                     from clear in Gen.SubListOf("sku", "category", "description")
                     from stock in Gen.Choose(-1, 20)
                     from price in Gen.Choose(0, 500)
                     select new UpdateProduct
                     {
                         ProductId = "p",
                         Sku = sku,
                         Category = category,
                         Description = description,
                         Clear = clear.Count() == 0 ? null : [.. clear],
                         Stock = stock < 0 ? null : stock,
                         Price = price,
                     };
        return Prop.ForAll(Gen.NonEmptyListOf(update).ToArbitrary(), updates =>
        {
            var stream = new List<StreamEvent>();
            Product? before = null;
            var product = Take(stream, null, "0", ProductRules.Decide(null, new CreateProduct { ProductId = "p", Name = "n", Price = 1, Stock = 3 }));
            var last = 0;
            foreach (var one in updates)
            {
                before = product;
                product = Take(stream, product, $"{++last}", ProductRules.Decide(product, one));
            }

            var undone = UndoStockRules.Undo(product, Past.Of(stream, $"{last}", isWhole: true), null, null);

            undone.Refusal.ShouldBeNull();
            return Equals(Fold.Of(product, undone.Events, default), before);
        });
    }

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public Property A_movement_of_stock_undone_moves_as_much_back_and_the_stock_stays_in_its_bounds()
    {
        var move = from action in Gen.Elements(StockAction.Add, StockAction.Remove, StockAction.Reserve, StockAction.Release)
                   from quantity in Gen.Choose(1, 8)
                   select new AdjustInventory { ProductId = "p", Action = action, Quantity = quantity };
        return Prop.ForAll(Gen.NonEmptyListOf(move).ToArbitrary(), Gen.Choose(0, 100).ToArbitrary(), (moves, pick) =>
        {
            var stream = new List<StreamEvent>();
            var product = Take(stream, null, "0", ProductRules.Decide(null, new CreateProduct { ProductId = "p", Name = "n", Price = 1, Stock = 10 }))!;
            var id = 0;
            var states = new List<Product> { product };
            foreach (var one in moves)
            {
                product = Take(stream, product, $"{++id}", StockRules.Decide(product, null, one))!;
                states.Add(product);
            }

            var undo = 1 + (pick % id);
            var (before, moved) = (states[undo - 1], states[undo]);
            var undone = UndoStockRules.Undo(product, Past.Of(stream, $"{undo}", isWhole: true), null, null);
            var after = Fold.Of(product, undone.Events, default)!;
            return after.Reserved >= 0 && after.Reserved <= after.Stock
                && (undone.Refusal is not null
                    || (after.Stock - product.Stock, after.Reserved - product.Reserved) == (before.Stock - moved.Stock, before.Reserved - moved.Reserved));
        });
    }

    private static Product? Take(List<StreamEvent> stream, Product? state, string command, Decision decision)
    {
        stream.AddRange(decision.Events.Select(happened => new StreamEvent(command, happened)));
        return Fold.Of(state, decision.Events, default);
    }
}
